import { ModelError } from "../errors.ts";
import type { HostProcess } from "../host/host-process.ts";
import type { Lease, ModelStatus, Role, Roles } from "../roles.ts";

/** A role's engine and the process that it runs in. */
export interface FixedEngine<R extends Role> {
  readonly model: string;
  readonly engine: Roles[R];
  readonly host: Pick<HostProcess, "status" | "ready">;
  /** Memory that it holds now. */
  readonly bytes: () => number;
}

/** Engines by role; a role that is left out is not installed. */
export type Engines = { readonly [R in Role]?: FixedEngine<R> };

const roles: readonly Role[] = ["vad", "stt", "voice", "director", "coder", "tts"];

/** Engines that are in memory from the start and stay there: a lease is granted or refused at once. */
export class FixedEngines {
  readonly #engines: Engines;

  constructor(engines: Engines) {
    this.#engines = engines;
  }

  has(role: Role): boolean {
    return this.#engines[role] !== undefined;
  }

  /** @throws ModelError `not-installed`, `host-exited`, and why its process cannot start. */
  async lease<R extends Role>(want: { readonly role: R }, signal: AbortSignal): Promise<Lease<R>> {
    signal.throwIfAborted();
    const fixed = this.#engines[want.role];
    if (fixed === undefined) throw new ModelError("not-installed", missing(want.role));
    const { model, engine, host } = fixed;
    if (host.status === "starting" || host.status === "waiting" || host.status === "stopped") {
      throw new ModelError("host-exited", `The ${want.role} model ${model} is being started; try again in a moment`);
    }
    // Ready answers at once; failed throws the reason.
    await host.ready(signal);
    return { model, engine, [Symbol.dispose]: () => undefined };
  }

  status(): readonly ModelStatus[] {
    return roles.flatMap((role) => {
      const fixed = this.#engines[role];
      if (fixed === undefined) return [];
      return [
        { role, model: fixed.model, state: stateOf(fixed.host.status), bytes: fixed.bytes(), pinned: true, leases: 0 },
      ];
    });
  }
}

function stateOf(status: HostProcess["status"]): ModelStatus["state"] {
  if (status === "ready") return "ready";
  return status === "failed" || status === "stopped" ? "failed" : "starting";
}

function missing(role: Role): string {
  return `No ${role} model is installed; \`sotto models\` shows how to get one.`;
}
