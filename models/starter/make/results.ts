import type { Clock } from "../../clock.ts";
import type { ModelStatus } from "../../roles.ts";
import { jokes } from "../../tools/joke.ts";
import { createTools } from "../../tools/toolbox.ts";
import { capitals } from "../phrase-book/countries.ts";
import type { ToolName } from "../phrase-book/intent.ts";
import { drawValue, pick, type Random } from "../phrase-book/sample.ts";

const roles = ["vad", "stt", "voice", "director", "coder", "tts"] as const;
const modelNames = [
  "starter",
  "silero",
  "soundswallower",
  "flite",
  "qwen",
  "llama",
  "whisper",
  "kokoro",
  "smart turn",
  "gemma",
  "phi",
  "mistral",
];

/** A made-up result of a tool and a sentence that says it; null for tools that have none. */
export function sampleResult(
  name: ToolName,
  random: Random,
): { readonly json: string; readonly sentence: string } | null {
  const day = new Date(2024, 0, 1 + Math.floor(random() * 4000), Math.floor(random() * 24), Math.floor(random() * 60));
  const clock: Clock = { nowMs: () => 0, today: () => day, sleep: () => Promise.resolve() };
  const totalBytes = pick([4, 8, 16, 24, 32, 64, 128], random) * 1e9;
  const status = (): readonly ModelStatus[] =>
    roles
      .filter(() => random() < 0.6)
      .map((role) => ({
        role,
        model: pick(modelNames, random),
        state: random() < 0.85 ? "ready" : "starting",
        bytes: 1,
        pinned: false,
        leases: 0,
      }));
  const memory = () => ({ freeBytes: random() * totalBytes, totalBytes });
  const tool = createTools({ clock, status, memory, firstJoke: Math.floor(random() * jokes.length) }).find(
    ({ spec }) => spec.name === name,
  );
  if (tool === undefined) return null;
  const json = tool.run(JSON.stringify(sampleArguments(name, random)));
  return { json, sentence: pick(tool.sentences(json), random) };
}

function sampleArguments(name: ToolName, random: Random): Readonly<Record<string, unknown>> {
  const number = (): number => Math.floor(random() * 101);
  switch (name) {
    case "arithmetic":
      return { a: number(), operation: pick(["plus", "minus", "times", "divided by"], random), b: number() };
    case "capital":
      return { country: pick(Object.keys(capitals), random) };
    case "spell":
      return { word: drawValue(random() < 0.7 ? "word" : "any", random, "trained") };
    case "introduce":
      return { name: drawValue(random() < 0.7 ? "name" : "any", random, "trained") };
    case "ask_director":
      return { question: "" };
    case "hand_off":
      return { task: "" };
    default:
      return {};
  }
}
