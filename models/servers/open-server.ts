import type { Clock } from "../clock.ts";
import { ModelError } from "../errors.ts";
import { wouldOllamaEvict } from "../memory/ollama-prediction.ts";
import { shapeFromShow } from "../memory/ollama-shape.ts";
import { LateServer } from "./late-server.ts";
import type { ModelServer } from "./model-server.ts";
import { type LoadPlan, OllamaServer } from "./ollama/ollama-server.ts";
import { detectOpenAi } from "./openai/detect.ts";
import { openOpenAi } from "./openai/open-openai.ts";

export interface ServerPlace {
  /** As models name it: "<name>:<model>". */
  readonly name: string;
  readonly url: string;
}

export interface OpenServerOptions {
  /** The GPU that programs of this machine use. */
  readonly gpuPool: string | undefined;
  /** Free memory of a pool of this machine, as its driver or the system tells now. */
  readonly freeBytes: (pool: string, signal: AbortSignal) => Promise<number | undefined>;
  readonly clock: Clock;
}

/** A program that serves models, here or elsewhere, whichever of those we know it is; it need not run yet. */
export function serverAt(place: ServerPlace, options: OpenServerOptions): ModelServer {
  const isHere = isLoopback(place.url);
  return new LateServer({
    name: place.name,
    pool: isHere ? undefined : place.name,
    open: (signal) => open(place, isHere, options, signal),
  });
}

/** True when the models there take memory of this machine. */
export function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  return host === "localhost" || host === "[::1]" || /^127\./.test(host);
}

async function open(
  { name, url }: ServerPlace,
  isHere: boolean,
  options: OpenServerOptions,
  signal: AbortSignal,
): Promise<ModelServer> {
  const { clock } = options;
  const found = await detectOpenAi({ url, clock }, signal);
  if (found.kind === "nobody") {
    throw new ModelError("server-down", `${name} does not answer at ${url}: ${found.why}. Is it running?`);
  }
  if (found.kind !== "ollama") return await openOpenAi({ name, url, clock }, signal);
  const gpuPool = isHere ? options.gpuPool : "gpu0";
  return new OllamaServer({
    name,
    address: url,
    clock,
    ...(gpuPool === undefined ? {} : { gpuPool }),
    shapeOf: shapeFromShow,
    // Of another machine's memory nothing is known.
    ...(isHere ? { freeBytes: options.freeBytes, wouldEvict: (plan, inner) => whyEvict(plan, options, inner) } : {}),
  });
}

async function whyEvict(
  { facts, options: load, loaded }: LoadPlan,
  { gpuPool, freeBytes }: OpenServerOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { shape, fileBytes } = facts;
  if (shape === undefined || gpuPool === undefined) return;
  const freeGpuBytes = await freeBytes(gpuPool, signal);
  const evicts = wouldOllamaEvict({ fileBytes, shape, options: load, otherModels: loaded.length, freeGpuBytes });
  return evicts
    ? `Ollama would put out ${loaded.map(({ model }) => model).join(" or ")} for ${facts.model}: by its own sum it needs more than four fifths of the free memory`
    : undefined;
}
