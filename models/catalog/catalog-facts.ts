import { shapeOf } from "../memory/model-shape.ts";
import type { ModelFacts, ModelShape } from "../servers/model-server.ts";
import type { CatalogFile, CatalogModel } from "./catalog-model.ts";
import { quantisedTensors } from "./quantised-tensors.ts";

const known = new WeakMap<CatalogFile, ModelShape>();

/** What a server would tell of a file that is not here yet. */
export function catalogFacts(model: CatalogModel, file: CatalogFile): ModelFacts {
  return {
    model: model.id,
    blob: `${file.repo}/${file.file}`,
    fileBytes: file.bytes,
    path: undefined,
    shape: catalogShape(model, file),
  };
}

export function catalogShape({ id, header }: CatalogModel, file: CatalogFile): ModelShape {
  const before = known.get(file);
  if (before !== undefined) return before;
  const { architecture, layers, width, feedForward, heads, kvHeads, headLength, experts, windowTokens } = header;
  const own: readonly (readonly [key: string, value: number | undefined])[] = [
    ["block_count", layers],
    ["embedding_length", width],
    ["feed_forward_length", experts === undefined ? feedForward : undefined],
    ["expert_feed_forward_length", experts === undefined ? undefined : feedForward],
    ["expert_used_count", experts?.used],
    ["attention.head_count", heads],
    ["attention.head_count_kv", kvHeads],
    ["attention.key_length", headLength],
    ["attention.value_length", headLength],
    ["attention.sliding_window", windowTokens],
    ["context_length", header.contextTokens],
  ];
  const metadata = new Map<string, number | string>([["general.architecture", architecture]]);
  for (const [key, value] of own) if (value !== undefined) metadata.set(`${architecture}.${key}`, value);
  const shape = shapeOf(metadata, quantisedTensors(header, file.quantisation));
  if (shape === undefined) throw new TypeError(`The figures of ${id} do not make a shape`);
  known.set(file, shape);
  return shape;
}
