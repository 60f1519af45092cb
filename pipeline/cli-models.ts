import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import pico from "picocolors";
import { z } from "zod";
import { systemClock } from "../models/clock.ts";
import { Journal, type JournalLine } from "../models/residency/journal.ts";
import { UsageError } from "./cli-failure.ts";
import { listModels } from "./cli-models-list.ts";
import { pullModel } from "./cli-models-pull.ts";
import { type SettingFlags, settingsFrom, withSettings } from "./cli-settings.ts";
import { stopSignal } from "./cli-signals.ts";

interface ModelsFlags extends SettingFlags {
  readonly json?: boolean;
  readonly sha256?: string;
  readonly lines?: string;
}

const stopped = 130;
const usualLines = 20;

/** `sotto models`: list, pull, journal. */
export function modelsCommand(command: Command, examples: (...lines: readonly string[]) => string): Command {
  const print = (text: string): void => void process.stdout.write(text);
  withSettings(command)
    .description("Say which models are here, in memory, or to be had; fetch one; read the journal of loads and swaps.")
    .argument("[action]", "list (which is usual), pull or journal", "list")
    .argument("[model]", "what to pull: a name from the list, hf:<owner>/<repo>/<file>, https://… or ollama:<name>")
    .option("--json", "print as JSON")
    .option("--sha256 <checksum>", "what the pulled file's checksum must be, when its server names none")
    .option("--lines <number>", `how many lines of the journal (${usualLines})`)
    .addHelpText(
      "after",
      examples(
        "sotto models",
        "sotto models pull qwen3:4b",
        "sotto models pull hf:ggml-org/gemma-3-4b-it-GGUF/gemma-3-4b-it-Q4_K_M.gguf",
        "sotto models pull ollama:qwen3:8b",
        "sotto models journal --lines 50",
      ),
    )
    .addHelpText(
      "after",
      "\nA pull that is stopped or breaks goes on where it was. Files go to <home>/models. HF_TOKEN is for files that ask for an account,\nHF_ENDPOINT names a mirror of Hugging Face.",
    )
    .action(async (action: string, model: string | undefined, { json = false, ...flags }: ModelsFlags) => {
      const { sha256, lines, ...settings } = flags;
      if (action !== "pull" && model !== undefined) throw new UsageError(`too many arguments for 'models ${action}'`);
      const { config } = settingsFrom(settings);
      if (action === "list") return listModels(config, { json, print }, stopSignal());
      if (action === "journal") return print(journalText(config.home, countOf(lines), json));
      if (action !== "pull") throw new UsageError(`unknown action '${action}': expected list, pull or journal`);
      if (model === undefined) throw new UsageError("pull what? See `sotto models` for names");
      const done = await pullModel(model, config, { sha256, print, terminal: process.stderr }, stopSignal());
      if (!done) process.exitCode = stopped;
    });
  return command;
}

function countOf(text = String(usualLines)): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 20_000) return count;
  throw new UsageError(`--lines: expected a whole number from 1 to 20000, got "${text}"`);
}

/** The newest lines of the journal; where there is none, none is made. */
function journalText(home: string, count: number, json: boolean): string {
  if (!existsSync(join(home, "journal.db"))) {
    return json ? "[]\n" : "The journal is empty: `sotto serve` begins it.\n";
  }
  const complaints: string[] = [];
  using journal = Journal.open({ folder: home, clock: systemClock, complain: (message) => complaints.push(message) });
  const [complaint] = complaints;
  if (complaint !== undefined) throw new Error(complaint);
  const lines = journal.last(count).map((line) => ({ ...line, detail: detailOf(line) }));
  if (json) return `${JSON.stringify(lines, undefined, 2)}\n`;
  if (lines.length === 0) return "The journal is empty.\n";
  return lines.map(({ at, type, detail }) => `${pico.dim(at)} ${pico.bold(type)} ${sentence(detail)}\n`).join("");
}

const detailSchema = z.record(z.string(), z.unknown());

function detailOf({ detail }: JournalLine): Readonly<Record<string, unknown>> {
  try {
    return detailSchema.parse(JSON.parse(detail));
  } catch {
    return { unreadable: detail };
  }
}

/** "model=director leaving=coder expected 6.1 s why …": what a person looks for, and units where numbers have some. */
function sentence(detail: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(detail).flatMap(([key, value]) => {
    if (key === "type" || key === "why" || key === "message") return [];
    const shown = shownValue(key, value);
    return shown === "" ? [] : [`${key.replace(/(Ms|Bytes)$/, "")}=${shown}`];
  });
  const why = detail["why"] ?? detail["message"];
  return `${parts.join(" ")}${typeof why === "string" && why !== "" ? `: ${why}` : ""}`;
}

const sharesSchema = z.array(z.object({ pool: z.string(), bytes: z.number() }));

function shownValue(key: string, value: unknown): string {
  if (typeof value === "number" && key.endsWith("Ms")) return `${(value / 1_000).toFixed(1)}s`;
  if (typeof value === "number" && /bytes/i.test(key)) return `${(value / 1e9).toFixed(2)}GB`;
  const shares = sharesSchema.safeParse(value);
  if (shares.success && shares.data.length > 0) {
    return shares.data.map(({ pool, bytes }) => `${pool}:${(bytes / 1e9).toFixed(2)}GB`).join(",");
  }
  if (Array.isArray(value)) return value.map(String).join(",");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "");
}
