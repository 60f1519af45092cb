import type { Message } from "../../../models/roles.ts";
import type { LineRange, Turn } from "./coder-state.ts";
import { type OpenFile, shortenedFile, shortenedText, shownFile } from "./shown-file.ts";
import { estimateTokens } from "./token-estimate.ts";

/** What a task begins with. */
export interface Opening {
  /** How the model is to work. */
  readonly rules: string;
  /** The folder's files; empty when there are none. */
  readonly map: string;
  /** Those that the user named, as they were at the beginning. */
  readonly files: readonly OpenFile[];
  /** In the user's words; a message of its own, with nothing else in it. */
  readonly task: string;
}

/**
 * What the model is sent: never more than `tokens`, as estimated. What has no room goes in this order: results, the oldest first;
 * named files but for the lines that were asked for; old turns; the map; the middle of the last results.
 *
 * @returns null when not even the rules and the task have room
 */
export function contextMessages(opening: Opening, history: readonly Turn[], tokens: number): readonly Message[] | null {
  const asked = history.flatMap((turn) => turn.asked);
  for (const view of views(history.length, tokens)) {
    const messages = render(opening, history, asked, view);
    if (messageTokens(messages) <= tokens) return messages;
  }
  return null;
}

/** Of all messages together, with what a chat form adds to each. */
export function messageTokens(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + tokensOf(message) + formTokens, 0);
}

const formTokens = 6;

/** How much of everything is shown. */
interface View {
  /** So many of the oldest turns are without their results. */
  readonly blank: number;
  /** So many of the oldest turns are left out. */
  readonly dropped: number;
  /** Of each named file; null shows it whole. */
  readonly fileTokens: number | null;
  readonly map: boolean;
  /** Of each of the last turn's texts; null shows them whole. */
  readonly lastTokens: number | null;
  /** The last answer is only mentioned. */
  readonly bareAnswer: boolean;
}

/** From all to least; each is shorter than the one before. */
function* views(turns: number, tokens: number): Generator<View, void, void> {
  let view: View = { blank: 0, dropped: 0, fileTokens: null, map: true, lastTokens: null, bareAnswer: false };
  yield view;
  for (let blank = 1; blank < turns; blank += 1) {
    view = { ...view, blank };
    yield view;
  }
  for (const part of [2, 4, 8]) {
    view = { ...view, fileTokens: Math.floor(tokens / part) };
    yield view;
  }
  for (let dropped = 1; dropped < turns; dropped += 1) {
    view = { ...view, dropped };
    yield view;
  }
  view = { ...view, map: false, fileTokens: 0 };
  yield view;
  for (const part of [2, 4, 8, 16]) {
    view = { ...view, lastTokens: Math.floor(tokens / part) };
    yield view;
  }
  yield { ...view, bareAnswer: true, lastTokens: Math.min(tokens, 100) };
  yield { ...view, bareAnswer: true, lastTokens: 0 };
}

function render(
  { rules, map, files, task }: Opening,
  history: readonly Turn[],
  asked: readonly LineRange[],
  { blank, dropped, fileTokens, map: withMap, lastTokens, bareAnswer }: View,
): readonly Message[] {
  const perFile = fileTokens === null ? null : Math.floor(fileTokens / Math.max(1, files.length));
  const shownFiles = files.map((file) => {
    if (perFile === null) return shownFile(file, {}, Number.POSITIVE_INFINITY);
    return perFile === 0 ? "" : shortenedFile(file, asked, perFile);
  });
  const system = [
    rules,
    withMap && map !== "" ? `Files in the folder, as they were before you began:\n${map}` : "",
    ...shownFiles,
  ];
  const kept = history.slice(dropped);
  return [
    { from: "system", text: system.filter((part) => part !== "").join("\n\n") },
    { from: "user", text: task },
    ...kept.flatMap((turn, at): readonly Message[] => {
      const last = at === kept.length - 1;
      const left = at === 0 && dropped > 0 ? "(Earlier steps are left out here; your changes are made.)" : "";
      if (last && bareAnswer) return bareTurn(turn, left, lastTokens ?? 0);
      return turnMessages(turn, { left, blank: !last && at + dropped < blank, textTokens: last ? lastTokens : null });
    }),
  ];
}

interface TurnView {
  /** What is said about the turns before. */
  readonly left: string;
  readonly blank: boolean;
  readonly textTokens: number | null;
}

const goOn = "Go on.";
const blanked = "(This result is left out now. Ask again if you need it.)";

function turnMessages({ answer, results, note }: Turn, { left, blank, textTokens }: TurnView): readonly Message[] {
  const shown = results.map((text) => {
    if (blank) return blanked;
    return textTokens === null ? text : shortenedText(text, Math.floor(textTokens / results.length));
  });
  const shortNote = textTokens === null ? note : shortenedText(note, textTokens);
  const text = answer.text.trim();
  if (answer.calls.length === 0)
    return [
      { from: "assistant", text: text === "" ? "(no answer)" : text },
      { from: "user", text: together([left, ...(blank ? [blanked] : shown), shortNote]) || goOn },
    ];
  const more = together([left, shortNote]);
  let next = 0;
  return [
    ...(text === "" ? [] : [{ from: "assistant", text } as const]),
    ...answer.calls.map(({ id, name, argumentsJson }) => ({ from: "call", id, name, argumentsJson }) as const),
    ...answer.calls.map(({ id, name, works }) => {
      const output = works ? shown[next++] : undefined;
      return { from: "result", id, name, output: output ?? "Not done." } as const;
    }),
    ...(more === "" ? [] : [{ from: "user", text: more } as const]),
  ];
}

/** Calls go with their answers, so both are left out. */
function bareTurn({ results, note }: Turn, left: string, tokens: number): readonly Message[] {
  const texts = tokens === 0 ? [] : [shortenedText(together(results), tokens), shortenedText(note, tokens)];
  return [
    { from: "assistant", text: "(This answer is too long to be shown again.)" },
    { from: "user", text: together([left, ...texts]) || goOn },
  ];
}

function together(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

function tokensOf(message: Message): number {
  switch (message.from) {
    case "call":
      return estimateTokens(message.name) + estimateTokens(message.argumentsJson);
    case "result":
      return estimateTokens(message.name) + estimateTokens(message.output);
    case "system":
    case "user":
    case "assistant":
      return estimateTokens(message.text);
  }
}
