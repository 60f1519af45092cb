import type { Message } from "../roles.ts";

/** Exchanges are dropped this many at a time, so that the prompt's beginning, and with it the KV cache, mostly stays as it is. */
const stepExchanges = 4;

/**
 * The messages that a model with room for `characters` is shown: what the system said first, then as many of the latest
 * exchanges as fit, whole ones only. The last exchange is always there, however long it is.
 */
export function messageWindow(messages: readonly Message[], characters: number): readonly Message[] {
  const preamble = messages[0]?.from === "system" ? messages.slice(0, 1) : [];
  const starts = messages.flatMap(({ from }, index) => (from === "user" ? [index] : []));
  const room = characters - preamble.reduce((sum, message) => sum + lengthOf(message), 0);
  const lastStart = starts.at(-1);
  if (lastStart === undefined) return messages;
  for (let dropped = 0; dropped < starts.length; dropped += stepExchanges) {
    const rest = messages.slice(dropped === 0 ? preamble.length : starts[dropped]);
    if (rest.reduce((sum, message) => sum + lengthOf(message), 0) <= room) return [...preamble, ...rest];
  }
  return [...preamble, ...messages.slice(lastStart)];
}

/** With what ChatML puts around it. */
function lengthOf(message: Message): number {
  const frame = 40;
  if (message.from === "call") return frame + message.name.length + message.argumentsJson.length;
  return frame + (message.from === "result" ? message.output : message.text).length;
}
