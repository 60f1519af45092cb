import { ModelError } from "./errors.ts";
import type { HostProcess } from "./host/host-process.ts";
import type { Forecast, Lease, Models, ModelsStatus, Role, Roles } from "./roles.ts";

/** A role's engine and the process that it runs in. */
export interface Resident<R extends Role> {
  readonly model: string;
  readonly engine: Roles[R];
  readonly host: Pick<HostProcess, "status" | "ready">;
  /** Memory that it holds now. */
  readonly bytes: () => number;
}

/** Engines by role; a role that is left out is not installed. */
export type Engines = { readonly [R in Role]?: Resident<R> };

const roles: readonly Role[] = ["vad", "stt", "voice", "director", "coder", "tts"];

/** Models that are all in memory from the start and stay there: a lease is granted or refused at once. */
export class Residents implements Models {
  readonly #engines: Engines;

  constructor(engines: Engines) {
    this.#engines = engines;
  }

  async lease<R extends Role>(want: { readonly role: R }, signal: AbortSignal): Promise<Lease<R>> {
    signal.throwIfAborted();
    const resident = this.#engines[want.role];
    if (resident === undefined) throw new ModelError("not-installed", missing(want.role));
    const { model, engine, host } = resident;
    if (host.status === "starting" || host.status === "waiting" || host.status === "stopped") {
      throw new ModelError("host-exited", `The ${want.role} model ${model} is being started; try again in a moment`);
    }
    // Ready answers at once; failed throws the reason.
    await host.ready(signal);
    return { model, engine, [Symbol.dispose]: () => undefined };
  }

  forecast(role: Role): Forecast {
    const resident = this.#engines[role];
    if (resident === undefined) return { status: "unavailable", why: missing(role) };
    return { status: "ready", model: resident.model, waitMs: 0 };
  }

  hint(): void {}

  holdVoiceTurn(): Disposable {
    return { [Symbol.dispose]: () => undefined };
  }

  watch(): Disposable {
    return { [Symbol.dispose]: () => undefined };
  }

  status(): ModelsStatus {
    const models = roles.flatMap((role) => {
      const resident = this.#engines[role];
      if (resident === undefined) return [];
      const { status } = resident.host;
      const state =
        status === "ready"
          ? ("ready" as const)
          : status === "failed" || status === "stopped"
            ? ("failed" as const)
            : ("starting" as const);
      return [{ role, model: resident.model, state, bytes: resident.bytes(), pinned: true, leases: 0 }];
    });
    return { models, pools: [], swap: null, sticky: null };
  }
}

function missing(role: Role): string {
  return `No ${role} model is installed. Only the starter models are here: say "help with better models" to hear how to get one.`;
}
