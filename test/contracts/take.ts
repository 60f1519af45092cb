import type { ReplyPart } from "../../models/roles.ts";

/** The first parts of an answer; whoever has enough stops listening. */
export async function take(parts: AsyncIterable<ReplyPart>, count: number): Promise<readonly ReplyPart[]> {
  const taken: ReplyPart[] = [];
  for await (const part of parts) {
    taken.push(part);
    if (taken.length >= count) break;
  }
  return taken;
}
