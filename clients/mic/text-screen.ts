import pico from "picocolors";
import { heardAndRest } from "../assistant-line.ts";
import { isOver } from "../job-list.ts";
import { statusText } from "../job-text.ts";
import { roleName } from "../residency-picture.ts";
import { statusOf, type TalkState, talkStart } from "../talk-state.ts";
import { visibleLine } from "../visible-text.ts";
import { type Announcement, announcements } from "./announcements.ts";
import { createJobKeys } from "./job-keys.ts";
import { createJobLines } from "./job-lines.ts";
import { statusLine } from "./status-line.ts";
import type { TerminalOut } from "./talk-options.ts";
import type { SayingProgress, TalkScreen } from "./talk-screen.ts";

/** For people: what was said stays, and on a terminal the last line moves with what is going on. */
export function createTextScreen(out: TerminalOut, options: { readonly keys: string }): TalkScreen {
  const moving = out.isTTY === true;
  const colours = pico.createColors(moving && pico.isColorSupported);
  const jobLine = createJobLines({ colours, keys: options.keys !== "" });
  const jobKeys = createJobKeys();
  let state: TalkState = talkStart;
  let level = 0;
  let saying: SayingProgress | null = null;
  let drawn = "";

  const draw = (): void => {
    if (!moving) return;
    const keys = [doingText(state), options.keys === "" ? "" : jobKeys.help, options.keys]
      .filter((part) => part !== "")
      .join(" · ");
    const line = statusLine(
      { status: statusOf(state), muted: state.muted, live: liveText(state), level, saying, keys },
      // A terminal that nobody has given a size says 0.
      out.columns || 80,
    );
    if (line === drawn) return;
    drawn = line;
    out.write(`\r\u001b[2K${colours.dim(line)}`);
  };
  const print = (text: string): void => {
    out.write(moving ? `\r\u001b[2K${text}\n` : `${text}\n`);
    drawn = "";
  };
  const tell = (news: Announcement): void => {
    // What never was cannot be lost.
    if (news.type === "connection" && state.connections === 0) return;
    const text = news.type === "job" ? jobLine(news.job) : inWords(news, colours);
    if (text !== null) print(text);
    if (news.type !== "assistant" || news.status === "speaking") return;
    const line = state.lines.findLast((other) => other.id === news.item_id);
    if (line?.from === "assistant" && line.latency) print(colours.dim(`       ${latencyInWords(line.latency.parts)}`));
  };

  return {
    show: (before, after) => {
      state = after;
      jobKeys.watch(after);
      announcements(before, after).forEach(tell);
      draw();
    },
    tell: (text) => {
      print(colours.yellow(text));
      draw();
    },
    progress: (next) => {
      saying = next;
      draw();
    },
    level: (next) => {
      level = next;
      draw();
    },
    [Symbol.dispose]: () => {
      if (moving) out.write("\r\u001b[2K");
    },
  };
}

/** Only what is settled stays on the screen; what is still moving is in the status line. */
function inWords(
  news: Exclude<Announcement, { type: "job" }>,
  colours: ReturnType<typeof pico.createColors>,
): string | null {
  switch (news.type) {
    case "user":
      return news.final ? `${colours.cyan("  you ")} ${visibleLine(news.text)}` : null;
    case "assistant": {
      if (news.status === "speaking") return null;
      const cut = news.status === "interrupted" ? ` — ${unheard(news.unheard?.trim() ?? "", colours)}` : "";
      return `${colours.magenta("sotto ")} ${visibleLine(news.heard.trim())}${cut}`.trimEnd();
    }
    case "connection":
      return news.status === "waiting" ? colours.yellow(`Connection lost (${news.why}); trying again …`) : null;
    case "service":
      return colours.dim(
        `Voice model ${news.voice_model}${news.starter ? " (starter: it knows a few dozen things)" : ""}`,
      );
    case "swap":
      return colours.dim(
        `Bringing up the ${roleName(news.role)}, about ${Math.max(1, Math.round(news.expected_ms / 1_000))} s`,
      );
    case "note":
    case "problem":
      return colours.yellow(visibleLine(news.text));
    case "latency":
    case "state":
      return null;
    default:
      return news satisfies never;
  }
}

/** Struck off; in words where nothing can be. */
function unheard(text: string, colours: ReturnType<typeof pico.createColors>): string {
  const line = visibleLine(text);
  if (line === "" || colours.isColorSupported) return colours.dim(colours.strikethrough(line));
  return `(not heard: ${line})`;
}

export function latencyInWords(parts: Readonly<Record<string, number>>): string {
  return Object.entries(parts)
    .map(([name, ms]) => `${name.replace(/_ms$/, "").replaceAll("_", " ")} ${Math.round(ms)} ms`)
    .join(" · ");
}

/** What is being said just now, by whoever speaks. */
function liveText(state: TalkState): string {
  const line = state.lines.at(-1);
  if (line?.from === "user" && line.status === "partial") return visibleLine(line.text);
  return line?.from === "assistant" && line.status === "speaking" ? visibleLine(heardAndRest(line).heard) : "";
}

/** What the coder is at. */
function doingText({ jobs }: TalkState): string {
  const job = jobs.find((one) => !isOver(one) && one.status !== "queued" && one.status !== "awaiting-approval");
  return job === undefined ? "" : visibleLine(job.note === "" ? statusText(job) : job.note);
}
