import { emptyState } from "../../models/residency/draft.ts";
import { type Violation, violations } from "../../models/residency/invariants.ts";
import type {
  Model,
  Pool,
  ResidencyEffect,
  ResidencyEvent,
  ResidencyState,
  RolePlan,
} from "../../models/residency/residency-state.ts";
import { defaultSettings, type Settings } from "../../models/residency/settings.ts";
import { step } from "../../models/residency/step.ts";
import type { Role } from "../../models/roles.ts";
import type { Demand } from "./day-trace.ts";
import type { JournalLine } from "./journal-demands.ts";
import type { Happening } from "./residency-driver.ts";
import { Timeline } from "./timeline.ts";

/** How often things go wrong, each a share of 0 to 1. */
export interface Faults {
  /** A lease's model crashes while it is used. */
  readonly crash: number;
  readonly loadError: number;
  /** A caller gives up within ten seconds. */
  readonly cancel: number;
  /** A lease is held for ten times as long. */
  readonly hold: number;
}

export const noFaults: Faults = { crash: 0, loadError: 0, cancel: 0, hold: 0 };

export interface WorldOptions {
  readonly machine: {
    readonly pools: readonly Pool[];
    readonly models: readonly Model[];
    readonly roles: readonly RolePlan[];
  };
  readonly settings?: Partial<Settings>;
  readonly random: () => number;
  /** Loads and unloads take their prediction times a number drawn from here. */
  readonly pace?: readonly [number, number];
  readonly faults?: Faults;
  /** Told everything that the journal keeps. */
  readonly journal?: (line: JournalLine) => void;
  /** Roles that are asked for aloud: a voice turn waits for them. */
  readonly urgent?: readonly Role[];
  /** Checks every promise after every step. */
  readonly checked?: boolean;
}

interface Request {
  readonly demand: Demand;
  readonly ticket: number;
  turn: number | null;
}

/** What became of a run. */
export interface Tally {
  requests: number;
  answered: number;
  granted: number;
  refused: number;
  /** Of them, those that were not for the voice, which has nothing to wait for. */
  refusedHeavy: number;
  cancelled: number;
  answeredTwice: number;
  /** Loads of models that are not pinned, for which somebody left. */
  swaps: number;
  loads: number;
  /** Loads of the pinned model beyond its first, less the ones after a crash of its own. */
  pinReloads: number;
  pinEvictions: number;
  /** Longest wait of a granted or refused request over what it was promised. */
  worstOverBound: number;
  /** Largest promise that was made. */
  longestBoundMs: number;
  readonly waitsMs: number[];
  /** What was promised to each request that had to wait. */
  readonly promisedMs: Map<Demand, number>;
  readonly violations: Violation[];
  steps: number;
}

/** A machine in virtual time on which residency decides: loads take as long as they say, leases as long as their work. */
export class ResidencyWorld {
  readonly timeline = new Timeline();
  readonly tally: Tally = {
    requests: 0,
    answered: 0,
    granted: 0,
    refused: 0,
    refusedHeavy: 0,
    cancelled: 0,
    answeredTwice: 0,
    swaps: 0,
    loads: 0,
    pinReloads: -1,
    pinEvictions: 0,
    worstOverBound: 0,
    longestBoundMs: 0,
    waitsMs: [],
    promisedMs: new Map(),
    violations: [],
    steps: 0,
  };
  state: ResidencyState;
  readonly #options: WorldOptions;
  readonly #faults: Faults;
  readonly #open = new Map<number, Request>();
  readonly #bounds = new Map<number, number>();
  readonly #pace: Map<string, { readonly loadMs: number; readonly unloadMs: number }>;
  #tickets = 0;
  #alarm = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#faults = options.faults ?? noFaults;
    const { pools, models, roles } = options.machine;
    this.#pace = new Map(models.flatMap((model) => model.ladder.map((it) => [`${model.id} ${it.id}`, it] as const)));
    this.state = emptyState(pools, { ...defaultSettings, ...options.settings });
    this.send({ type: "installed", models, roles });
  }

  plan(demands: readonly Demand[]): void {
    for (const demand of demands) this.timeline.at(demand.atMs, () => this.#ask(demand));
  }

  send(happening: Happening): void {
    const event: ResidencyEvent = { nowMs: this.timeline.nowMs, ...happening };
    const next = step(this.state, event);
    this.tally.steps += 1;
    if (this.#options.checked === true) this.tally.violations.push(...violations(this.state, event, next));
    this.state = next.state;
    for (const effect of next.effects) this.#perform(effect);
  }

  #ask(demand: Demand): void {
    this.#tickets += 1;
    this.tally.requests += 1;
    const ticket = this.#tickets;
    const turn = demand.role === "voice" ? ticket : null;
    this.#open.set(ticket, { demand, ticket, turn });
    if (turn !== null) this.send({ type: "turn-start", turn });
    if (this.#chance(this.#faults.cancel)) {
      this.timeline.after(this.#options.random() * 10_000, () => {
        if (!this.#open.delete(ticket)) return;
        this.tally.cancelled += 1;
        this.tally.answered += 1;
        this.send({ type: "lease-cancel", ticket });
      });
    }
    const urgent = this.#options.urgent?.includes(demand.role) === true;
    this.send({ type: "lease-request", ticket, role: demand.role, urgent });
  }

  #perform(effect: ResidencyEffect): void {
    switch (effect.do) {
      case "grant":
        return this.#granted(effect.ticket, effect.load);
      case "refuse":
        this.tally.refused += 1;
        return this.#refused(this.#answered(effect.ticket));
      case "load":
        return this.#load(effect);
      case "cancel-load":
        return this.timeline.after(50, () =>
          this.send({
            type: "load-error",
            load: effect.load,
            code: "engine-failed",
            message: "cancelled",
            retryable: true,
          }),
        );
      case "unload":
        return this.#unload(effect);
      case "wake-at": {
        this.#alarm += 1;
        const alarm = this.#alarm;
        if (effect.atMs !== null) {
          this.timeline.at(effect.atMs, () => {
            if (this.#alarm === alarm) this.send({ type: "clock" });
          });
        }
        return;
      }
      case "report":
        this.#options.journal?.({ atMs: this.timeline.nowMs, report: effect.report });
        if (effect.report.type === "queue") this.#bounds.set(effect.report.ticket, effect.report.boundMs);
        if (effect.report.type === "swap-start" && effect.report.leaving.length > 0) this.tally.swaps += 1;
        return;
      case "warm":
        return;
    }
  }

  #refused(request: Request | undefined): void {
    if (request?.turn === null) this.tally.refusedHeavy += 1;
    this.#endTurn(request);
  }

  #granted(ticket: number, load: number): void {
    const request = this.#answered(ticket);
    this.tally.granted += 1;
    if (request === undefined) return;
    const heldMs = request.demand.serviceMs * (this.#chance(this.#faults.hold) ? 10 : 1);
    if (this.#chance(this.#faults.crash)) {
      this.timeline.after(this.#options.random() * heldMs, () => {
        const resident = this.state.residents.find((it) => it.load === load);
        if (resident?.status === "ready" && this.#isPinned(resident.model)) this.tally.pinReloads -= 1;
        this.send({ type: "loss", load, cause: "process-exit" });
      });
    }
    this.timeline.after(heldMs, () => {
      this.send({ type: "lease-return", ticket });
      this.#endTurn(request);
    });
  }

  #answered(ticket: number): Request | undefined {
    const request = this.#open.get(ticket);
    if (!this.#open.delete(ticket) || request === undefined) {
      this.tally.answeredTwice += 1;
      return undefined;
    }
    this.tally.answered += 1;
    const waitedMs = this.timeline.nowMs - request.demand.atMs;
    if (request.turn === null) this.tally.waitsMs.push(waitedMs);
    const boundMs = this.#bounds.get(ticket);
    if (boundMs !== undefined) {
      this.tally.promisedMs.set(request.demand, boundMs);
      this.tally.worstOverBound = Math.max(this.tally.worstOverBound, waitedMs / boundMs);
      this.tally.longestBoundMs = Math.max(this.tally.longestBoundMs, boundMs);
      this.#bounds.delete(ticket);
    } else if (waitedMs > 0) this.tally.worstOverBound = Number.POSITIVE_INFINITY;
    return request;
  }

  #endTurn(request: Request | undefined): void {
    if (request === undefined || request.turn === null) return;
    this.send({ type: "turn-end", turn: request.turn });
  }

  #load(effect: Extract<ResidencyEffect, { do: "load" }>): void {
    if (effect.pinned) this.tally.pinReloads += 1;
    else this.tally.loads += 1;
    const { load } = effect;
    const ms = this.#drawn(this.#pace.get(`${effect.model} ${effect.variant}`)?.loadMs ?? 0);
    if (this.#chance(this.#faults.loadError)) {
      if (effect.pinned) this.tally.pinReloads -= 1;
      const code = this.#chance(0.3) ? "no-memory" : "engine-failed";
      const retryable = this.#chance(0.8);
      this.timeline.after(ms / 2, () => this.send({ type: "load-error", load, code, message: "it failed", retryable }));
    } else this.timeline.after(ms, () => this.send({ type: "load-end", load, shares: undefined }));
  }

  #unload(effect: Extract<ResidencyEffect, { do: "unload" }>): void {
    const leaving = this.state.residents.find((it) => it.load === effect.load);
    if (leaving?.status === "leaving" && leaving.lost === null && this.#isPinned(effect.model))
      this.tally.pinEvictions += 1;
    const ms = this.#drawn(this.#pace.get(`${effect.model} ${leaving?.variant ?? ""}`)?.unloadMs ?? 0);
    this.timeline.after(ms, () => this.send({ type: "unload-end", load: effect.load }));
  }

  #isPinned(model: string): boolean {
    return this.state.models.some((it) => it.id === model && it.pinned);
  }

  #drawn(ms: number): number {
    const [least, most] = this.#options.pace ?? [1, 1];
    return ms * (least + this.#options.random() * (most - least));
  }

  #chance(share: number): boolean {
    return share > 0 && this.#options.random() < share;
  }
}
