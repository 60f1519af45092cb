import { type AssistantLine, heardAndRest, type TurnLatency } from "../assistant-line.ts";
import type { TalkLine, UserLine } from "../talk-lines.ts";
import { latencyParts, latencyTotalMs } from "../turn-latency.ts";
import { make } from "./elements.ts";

/** The conversation as it grows, newest at the bottom; what does not change is not touched. */
export interface TranscriptView {
  show(lines: readonly TalkLine[]): void;
}

/** @param announcer read out by screen readers: settled lines only, for partial ones would never let it finish */
export function createTranscriptView(list: HTMLElement, announcer: HTMLElement): TranscriptView {
  const shown = new Map<string, { line: TalkLine; readonly row: HTMLLIElement }>();
  return {
    show: (lines) => {
      const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
      const ids = new Set(lines.map((line) => line.id));
      for (const [id, { row }] of shown) {
        if (ids.has(id)) continue;
        row.remove();
        shown.delete(id);
      }
      for (const line of lines) {
        const known = shown.get(line.id);
        if (known?.line === line) continue;
        const row = known?.row ?? list.appendChild(document.createElement("li"));
        fill(row, line, known?.line);
        if (isSettled(line) && !(known && isSettled(known.line))) announcer.textContent = inWords(line);
        shown.set(line.id, { line, row });
      }
      if (atEnd) list.scrollTop = list.scrollHeight;
    },
  };
}

function fill(row: HTMLLIElement, line: TalkLine, before: TalkLine | undefined): void {
  switch (line.from) {
    case "user":
      row.className = line.status === "partial" ? "user partial" : "user";
      row.replaceChildren(...userContent(line));
      break;
    case "assistant":
      fillAnswer(row, line, before?.from === "assistant" ? before : undefined);
      break;
    case "client":
      row.className = "client";
      row.textContent = line.text;
      break;
    default:
      line satisfies never;
  }
}

function userContent(line: UserLine): readonly (Node | string)[] {
  if (line.text !== "") return [line.text];
  const dots = make("span", "waiting", make("i", ""), make("i", ""), make("i", ""));
  dots.setAttribute("role", "img");
  dots.setAttribute("aria-label", "listening");
  return [dots];
}

function fillAnswer(row: HTMLLIElement, line: AssistantLine, before: AssistantLine | undefined): void {
  row.className = `assistant ${line.status}`;
  const { heard, rest } = heardAndRest(line);
  const words: (Node | string)[] = [make("span", "heard", heard)];
  if (line.status === "interrupted") words.push(" — ", make("del", "", rest.trim()));
  const text = make("div", "words", ...words);
  const oldChip = row.querySelector("details");
  // A chip that somebody has opened stays open.
  const chip =
    line.latency && line.latency === before?.latency
      ? oldChip
      : line.latency && latencyChip(line.latency, oldChip?.open);
  row.replaceChildren(text, ...(chip ? [chip] : []));
  if (line.status === "speaking" && heard === "") row.classList.add("silent");
}

function latencyChip({ parts }: TurnLatency, open: boolean | undefined): HTMLDetailsElement {
  const totalMs = latencyTotalMs(parts);
  const summary = make("summary", "", `${Math.round(totalMs)} ms`);
  summary.title = "From your last word to the first of the answer";
  const rows = latencyParts(parts).flatMap(({ name, ms }) => {
    const bar = make("dd", "bar");
    bar.style.setProperty("--part", `${Math.min(100, (100 * ms) / Math.max(1, totalMs))}%`);
    return [make("dt", "", name), bar, make("dd", "ms", `${Math.round(ms)} ms`)];
  });
  const pace = totalMs > 2_500 ? " very-slow" : totalMs > 1_200 ? " slow" : "";
  const chip = make("details", `latency${pace}`, summary, make("dl", "", ...rows));
  chip.open = open ?? false;
  return chip;
}

function isSettled(line: TalkLine): boolean {
  if (line.from === "user") return line.status === "final";
  return line.from === "client" || line.status !== "speaking";
}

function inWords(line: TalkLine): string {
  if (line.from === "user") return `You: ${line.text}`;
  return line.from === "assistant" ? `Sotto: ${heardAndRest(line).heard}` : line.text;
}
