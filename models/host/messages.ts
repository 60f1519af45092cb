import { z } from "zod";
import { modelErrorCodes } from "../errors.ts";

/** What the service sends to a host process. One `id` is one call; its input may go on after it began. */
export const toHost = z.discriminatedUnion("kind", [
  // To a spare one, before anything else.
  z.object({ kind: z.literal("begin"), args: z.array(z.string()) }),
  z.object({ kind: z.literal("call"), id: z.number(), method: z.string(), params: z.unknown() }),
  z.object({ kind: z.literal("input"), id: z.number(), value: z.unknown() }),
  z.object({ kind: z.literal("input-end"), id: z.number() }),
  z.object({ kind: z.literal("abort"), id: z.number() }),
]);
export type ToHost = z.infer<typeof toHost>;

const errorCode = z.enum(modelErrorCodes);

/** What a host process sends back: any number of parts, then exactly one end or error for each call. */
export const fromHost = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), info: z.unknown() }),
  z.object({ kind: z.literal("failed"), code: errorCode, message: z.string() }),
  z.object({ kind: z.literal("part"), id: z.number(), value: z.unknown() }),
  z.object({ kind: z.literal("end"), id: z.number(), value: z.unknown() }),
  z.object({ kind: z.literal("error"), id: z.number(), code: errorCode, message: z.string() }),
]);
export type FromHost = z.infer<typeof fromHost>;
