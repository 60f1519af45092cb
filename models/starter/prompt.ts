import type { Message } from "../roles.ts";
import type { PromptPiece } from "../servers/server.ts";
import type { ToolName } from "./phrase-book/intent.ts";
import { normalise } from "./phrase-book/normalise.ts";

/** How the starter model writes a call: the name alone, because code knows the arguments from the user's words. */
export function callText(name: ToolName): string {
  return `${callStart}${callBody(name)}${callEnd}`;
}

const callStart = "<tool_call>";
const callEnd = "</tool_call>";
/** Ends every turn, in prompts and in what the model writes. */
export const turnEnd = "<|im_end|>";

/** A window of this many turns fits the model's context of 1024 tokens with room to spare. */
const turnsPerWindow = 3;
const longestMessage = 160;

/**
 * The prompt for the next answer. The window moves in whole steps, so that from turn to turn the beginning stays the same and its
 * KV cache is of use.
 */
export function starterPrompt(messages: readonly Message[]): readonly PromptPiece[] {
  const users = messages.flatMap(({ from }, index) => (from === "user" ? [index] : []));
  const first = users[Math.floor(Math.max(0, users.length - 1) / turnsPerWindow) * turnsPerWindow] ?? 0;
  return framed("voice", messages.slice(first).flatMap(turn));
}

/** The prompt of a model that answers one question at a time. */
export function singleTurnPrompt(role: "director" | "coder", userText: string): readonly PromptPiece[] {
  return framed(role, [special("<|im_start|>user\n"), plain(userText), special(`${turnEnd}\n`)]);
}

function framed(role: string, turns: readonly PromptPiece[]): readonly PromptPiece[] {
  return [
    special("<|im_start|>system\n"),
    plain(role),
    special(`${turnEnd}\n`),
    ...turns,
    special("<|im_start|>assistant\n"),
  ];
}

/** The prompt for the arguments of a call that the client insists on. */
export function forcedCallPrompt(messages: readonly Message[], tool: string): readonly PromptPiece[] {
  return [...starterPrompt(messages), special(callStart), plain(`{"name":${JSON.stringify(tool)},"arguments":`)];
}

function turn(message: Message): PromptPiece[] {
  switch (message.from) {
    case "system":
      return [];
    case "user":
      return [
        special("<|im_start|>user\n"),
        plain(normalise(message.text).slice(0, longestMessage)),
        special(`${turnEnd}\n`),
      ];
    case "assistant":
      return [
        special("<|im_start|>assistant\n"),
        plain(message.text.slice(0, longestMessage)),
        special(`${turnEnd}\n`),
      ];
    case "call":
      return [
        special(`<|im_start|>assistant\n${callStart}`),
        plain(callBody(message.name)),
        special(`${callEnd}${turnEnd}\n`),
      ];
    case "result":
      return [special("<|im_start|>tool\n"), plain(message.output.slice(0, longestMessage)), special(`${turnEnd}\n`)];
  }
}

function callBody(name: string): string {
  return `{"name":${JSON.stringify(name)}}`;
}

function special(text: string): PromptPiece {
  return { text, special: true };
}

function plain(text: string): PromptPiece {
  return { text, special: false };
}
