import type { GpuTarget, Target } from "../memory/footprint.ts";
import type { ServerCapabilities, Share } from "../servers/model-server.ts";

/** GPUs that a model may be loaded into. */
export interface Place {
  /** "gpu1", "gpu0+gpu1"; empty where there is nothing to choose. */
  readonly id: string;
  readonly target: Target;
  readonly isSpread: boolean;
}

/**
 * Where a model may go on a machine with several GPUs. Whole on any one of them is best: spread over all, layer by layer, each token
 * has to pass through all of them, one after the other. A server that cannot be told, and does not choose one GPU by itself, spreads
 * everything.
 *
 * @param options.gpu The only one that it may have.
 */
export function placesOf(
  target: Target,
  options: { readonly placement?: ServerCapabilities["placement"]; readonly gpu?: string | undefined },
): readonly Place[] {
  if (target.gpus.length < 2) return [{ id: "", target, isSpread: false }];
  const all: Place = { id: target.gpus.map(({ pool }) => pool).join("+"), target, isSpread: true };
  if (options.placement === undefined) return [{ ...all, id: "" }];
  const alone = (gpu: GpuTarget): Place => ({
    id: gpu.pool,
    target: { ...target, gpus: [{ ...gpu, part: 1 }] },
    isSpread: false,
  });
  const wanted = options.gpu === undefined ? [] : target.gpus.filter(({ pool }) => pool === options.gpu);
  return wanted.length > 0 ? wanted.map(alone) : [...target.gpus.map(alone), all];
}

/** Why a model cannot be kept to the GPU that was named; undefined when it can. */
export function gpuProblem(
  target: Target,
  { placement, gpu }: { readonly placement?: ServerCapabilities["placement"]; readonly gpu?: string | undefined },
): string | undefined {
  if (gpu === undefined) return undefined;
  if (placement !== "asked") return "its server chooses the GPU by itself; leave it out, or choose there";
  const known = target.gpus.map(({ pool }) => pool);
  if (known.includes(gpu)) return undefined;
  return known.length === 0
    ? `there is no "${gpu}": no GPU that llama.cpp could use was found`
    : `there is no "${gpu}"; expected ${known.join(" or ")}`;
}

/** What a load took in one place, in another with as many GPUs; undefined where it says nothing of that. */
export function movedTo(shares: readonly Share[], { hostPool, gpus }: Target): readonly Share[] | undefined {
  const [host, onGpus] = [
    shares.filter(({ pool }) => pool === hostPool),
    shares.filter(({ pool, bytes }) => pool !== hostPool && bytes > 0),
  ];
  if (onGpus.length === 0) return host;
  if (onGpus.length !== gpus.length) return undefined;
  // Where they lie is known as it is, and how they are divided, too.
  if (gpus.every(({ pool }) => onGpus.some((share) => share.pool === pool))) return shares;
  const bytes = onGpus.reduce((sum, share) => sum + share.bytes, 0);
  return [...host, ...gpus.map(({ pool, part }) => ({ pool, bytes: Math.ceil(bytes * part) }))];
}
