import { z } from "zod";
import type { ModelShape } from "../servers/model-server.ts";
import { shapeOf, type TensorSize } from "./model-shape.ts";
import { tensorBytes, tensorType } from "./tensor-types.ts";

/** Of `/api/show`, what decides memory. Arrays in `model_info` are null unless `verbose` was asked for. */
const ShowReply = z.object({
  model_info: z.record(z.string(), z.unknown()),
  tensors: z.array(
    z.object({ name: z.string(), type: z.string(), shape: z.array(z.number().int().nonnegative()).max(4) }),
  ),
});

const NumberOrFlag = z.union([z.number(), z.boolean().transform(Number)]);
const MetadataValue = z.union([NumberOrFlag, z.string(), z.array(NumberOrFlag).max(512)]);

/** The shape of a model from Ollama's reply; undefined when it does not tell enough, or not as we know it. */
export function shapeFromShow(reply: unknown): ModelShape | undefined {
  const parsed = ShowReply.safeParse(reply);
  if (!parsed.success) return;
  const metadata = new Map<string, number | string | readonly number[]>();
  for (const [key, value] of Object.entries(parsed.data.model_info)) {
    const known = MetadataValue.safeParse(value);
    if (known.success) metadata.set(key, known.data);
  }
  const tensors: TensorSize[] = [];
  for (const { name, type, shape } of parsed.data.tensors) {
    const known = tensorType(type);
    if (known === undefined) return;
    tensors.push({ name, sizes: shape, bytes: tensorBytes(shape, known) });
  }
  return shapeOf(metadata, tensors);
}
