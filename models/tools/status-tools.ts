import { z } from "zod";
import type { ModelStatus, Role } from "../roles.ts";
import { defineTool, noArgs, type Tool } from "./tool.ts";

/** Memory of the machine. */
export interface MemoryFigures {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

const gigabyte = 1e9;
const spokenRoles: Readonly<Record<Role, string>> = {
  vad: "the speech detector",
  stt: "the recogniser",
  voice: "the voice model",
  director: "the director",
  coder: "the coder",
  tts: "the speaker",
};

/** Which models are loaded. */
export function modelsTool(status: () => readonly ModelStatus[]): Tool {
  return defineTool({
    name: "models",
    description: "Which models are loaded on this computer.",
    args: noArgs,
    result: z.strictObject({ loaded: z.array(z.string()), starting: z.array(z.string()) }),
    run() {
      const named = (state: ModelStatus["state"]): string[] =>
        status().flatMap((one) => (one.state === state ? [`${spokenRoles[one.role]} ${one.model}`] : []));
      return { loaded: named("ready"), starting: named("starting") };
    },
    sentences({ loaded, starting }) {
      const soon = starting.length === 0 ? "" : ` Starting now: ${list(starting)}.`;
      if (loaded.length === 0) return [`No model is loaded.${soon}`];
      return [`Loaded ${loaded.length === 1 ? "is" : "are"} ${list(loaded)}.${soon}`];
    },
  });
}

/** How much memory is free. */
export function memoryTool(memory: () => MemoryFigures): Tool {
  return defineTool({
    name: "memory",
    description: "How much memory of this computer is free.",
    args: noArgs,
    result: z.strictObject({ free: z.string(), total: z.string() }),
    run() {
      const { freeBytes, totalBytes } = memory();
      return { free: inGigabytes(freeBytes), total: inGigabytes(totalBytes) };
    },
    sentences: ({ free, total }) => [
      `${free} of ${total} of memory are free.`,
      `Of ${total} of memory, ${free} are free.`,
    ],
  });
}

function inGigabytes(bytes: number): string {
  return `${Number((bytes / gigabyte).toFixed(1))} GB`;
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
