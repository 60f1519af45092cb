import { ModelError } from "../errors.ts";
import type { Forecast, Lease, Models, ModelsStatus, Role, Roles, Writer } from "../roles.ts";
import type { LoadedModel } from "../servers/model-server.ts";
import { ComputeGate } from "./compute-gate.ts";
import { emptyState } from "./draft.ts";
import { eager } from "./eager.ts";
import { forecast } from "./forecast.ts";
import type { InstalledModel } from "./installed-model.ts";
import { violations } from "./invariants.ts";
import { type Grant, LeaseBook } from "./lease-book.ts";
import { leftBehindOf } from "./left-behind.ts";
import { Loads } from "./loads.ts";
import { type MissingModel, statusOfMissing } from "./missing-models.ts";
import { idlePinned, PinWatch } from "./pin-watch.ts";
import type { Report } from "./report.ts";
import type { ResidencyOptions } from "./residency-options.ts";
import type { ResidencyEffect, ResidencyEvent, ResidencyState } from "./residency-state.ts";
import { defaultSettings } from "./settings.ts";
import { sleepUntil } from "./sleep-until.ts";
import { startOf } from "./start.ts";
import { statusOf, withEngines } from "./status.ts";
import { step } from "./step.ts";

type Watcher = Parameters<Models["watch"]>[0];
/** An event without its time, which `#send` adds. */
type Untimed = ResidencyEvent extends infer Each ? (Each extends ResidencyEvent ? Omit<Each, "nowMs"> : never) : never;

/** The budgeter at work: the one writer of the residency state, and the one who carries out what it decides. */
export class Residency implements Models, AsyncDisposable {
  readonly #options: ResidencyOptions;
  readonly #loads: Loads;
  readonly #book = new LeaseBook();
  readonly #gate: ComputeGate;
  readonly #watchers = new Set<Watcher>();
  readonly #queue: Untimed[] = [];
  readonly #life = new AbortController();
  readonly #pinWatch: PinWatch | undefined;
  #installed: readonly InstalledModel[];
  #state: ResidencyState;
  #alarm: AbortController | undefined;
  #isStepping = false;
  #lastTurn = 0;

  constructor(options: ResidencyOptions) {
    this.#options = options;
    this.#installed = options.installed;
    this.#state = emptyState(options.pools, options.settings ?? defaultSettings);
    this.#gate = new ComputeGate(options.clock);
    this.#loads = new Loads({
      ...options,
      find: (id) => this.#find(id),
      leftBehind: (load) => leftBehindOf(this.#state, load, options.othersIn),
      gate: this.#gate,
      send: (event) => this.#send(event),
    });
    this.#send({ type: "installed", models: options.installed.map(({ model }) => model), roles: options.roles });
    this.#pinWatch = options.probesPins === true ? this.#watchPins() : undefined;
  }

  /** Resolves when every pinned model is in memory. @throws ModelError with why, when one cannot be or failed time and again. */
  async ready(signal?: AbortSignal): Promise<void> {
    const beganMs = this.#options.clock.nowMs();
    for (;;) {
      signal?.throwIfAborted();
      const start = startOf(this.#state, this.#options.clock.nowMs() - beganMs);
      if (start === "ready") return;
      if (start !== "waiting") throw start;
      if (this.#life.signal.aborted) throw new ModelError("host-exited", "Sotto is being stopped");
      await this.#change();
    }
  }

  /** The whole state, for the journal, the simulator and tests. */
  get state(): ResidencyState {
    return this.#state;
  }

  async lease<R extends Role>(
    want: { readonly role: R; readonly urgent?: boolean },
    signal: AbortSignal,
  ): Promise<Lease<R>> {
    signal.throwIfAborted();
    const { role, urgent = false } = want;
    if (this.#options.engines.has(role)) return this.#options.engines.lease(want, signal);
    const missing = this.#missing(role);
    if (missing !== undefined)
      throw new ModelError(missing.error.code, missing.error.message, { cause: missing.error });
    const { ticket, answer } = this.#book.open();
    const giveUp = (): void => {
      this.#book.forget(ticket, signal.reason);
      this.#send({ type: "lease-cancel", ticket });
    };
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      this.#send({ type: "lease-request", ticket, role, urgent });
      return this.#lent(role, ticket, await answer);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  forecast(role: Role): Forecast {
    const missing = this.#missing(role);
    if (missing !== undefined) return { status: "unavailable", why: missing.error.message };
    if (!this.#options.engines.has(role)) return forecast(this.#state, role, this.#options.clock.nowMs());
    const model = this.#options.engines.status().find((status) => status.role === role)?.model ?? role;
    return { status: "ready", model, waitMs: 0 };
  }

  hint(role: Role): void {
    this.#send({ type: "hint", role });
  }

  holdVoiceTurn(): Disposable {
    const turn = ++this.#lastTurn;
    const gate = this.#gate.hold();
    this.#send({ type: "turn-start", turn });
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        gate[Symbol.dispose]();
        this.#send({ type: "turn-end", turn });
      },
    };
  }

  /** More became known of the models, which are the same as before. */
  install(installed: readonly InstalledModel[]): void {
    this.#installed = installed;
    const { roles } = this.#state;
    this.#send({ type: "installed", models: installed.map(({ model }) => model), roles });
  }

  /** Memory of other programs, as last probed. */
  noteForeign(pool: string, bytes: number): void {
    this.#send({ type: "foreign", pool, bytes });
  }

  status(): ModelsStatus {
    const status = statusOf(this.#state, this.#options.clock.nowMs());
    const missing = (this.#options.missing ?? []).map(statusOfMissing);
    const engines = this.#options.engines.status();
    const pools = withEngines(status.pools, engines);
    return { ...status, pools, models: [...engines, ...status.models, ...missing] };
  }

  watch(listener: Watcher): Disposable {
    this.#watchers.add(listener);
    return {
      [Symbol.dispose]: () => {
        this.#watchers.delete(listener);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort();
    this.#pinWatch?.[Symbol.dispose]();
    this.#alarm?.abort();
    this.#book.refuseAll("Sotto is being stopped");
    await this.#loads[Symbol.asyncDispose]();
    this.#tell({ type: "status" });
  }

  #lent<R extends Role>(role: R, ticket: number, { model, load }: Grant): Lease<R> {
    const giveBack = (): void => this.#send({ type: "lease-return", ticket });
    const loaded = this.#loads.get(load);
    const writer = loaded === undefined ? undefined : this.#writerOf(model, loaded);
    const engines: Partial<Roles> = writer === undefined ? {} : { voice: writer, director: writer, coder: writer };
    const engine: Partial<Roles>[R] = engines[role];
    if (engine === undefined) {
      giveBack();
      throw new ModelError("host-exited", `The ${role} model ${model} was lost just now; try again in a moment`);
    }
    return { model, engine, [Symbol.dispose]: giveBack };
  }

  /** While a pinned model computes, heavy ones keep still. */
  #writerOf(model: string, { writer }: LoadedModel): Writer {
    if (this.#state.models.find(({ id }) => id === model)?.pinned !== true) return writer;
    return {
      reply: (request, signal) =>
        eager(
          (inner) => writer.reply(request, inner),
          () => this.#gate.hold(),
          signal,
        ),
    };
  }

  #watchPins(): PinWatch {
    return new PinWatch({
      idle: () =>
        idlePinned(this.#state).flatMap(({ model, load }) => {
          const loaded = this.#loads.get(load);
          return loaded === undefined ? [] : [{ model, load, writer: loaded.writer }];
        }),
      watch: (listener) => this.watch(listener),
      report: (model, { isSlow }) => this.#report({ type: "pin", model, cause: "slow", healed: !isSlow }),
      clock: this.#options.clock,
    });
  }

  /** One event at a time, in order of arrival: effects may cause events, which wait their turn. */
  #send(event: Untimed): void {
    if (this.#life.signal.aborted) return;
    this.#queue.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#step(next);
    } finally {
      this.#isStepping = false;
    }
    this.#tell({ type: "status" });
  }

  #step(untimed: Untimed): void {
    const event = { ...untimed, nowMs: this.#options.clock.nowMs() };
    const before = this.#state;
    const next = step(before, event);
    for (const { promise, why } of violations(before, event, next)) {
      this.#options.log(`models: a promise was broken (${promise}): ${why}. Please report this.`);
    }
    this.#state = next.state;
    for (const effect of next.effects) this.#perform(effect);
  }

  #perform(effect: ResidencyEffect): void {
    switch (effect.do) {
      case "grant":
        return this.#book.grant(effect.ticket, effect);
      case "refuse":
        return this.#book.refuse(effect.ticket, effect.code, effect.message);
      case "load":
        return this.#loads.load(effect);
      case "cancel-load":
        return this.#loads.cancel(effect.load);
      case "unload":
        return this.#loads.unload(effect.load);
      case "warm": {
        const path = this.#find(effect.model)?.variants.get(effect.variant)?.path;
        return path === undefined ? undefined : this.#options.warm(path);
      }
      case "wake-at":
        return this.#wakeAt(effect.atMs);
      case "report":
        return this.#report(effect.report);
    }
  }

  #missing(role: Role): MissingModel | undefined {
    return this.#options.missing?.find((it) => it.role === role);
  }

  #find(id: string): InstalledModel | undefined {
    return this.#installed.find(({ model }) => model.id === id);
  }

  #wakeAt(atMs: number | null): void {
    this.#alarm?.abort();
    if (atMs === null) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    sleepUntil(this.#options.clock, atMs, alarm.signal).then(
      () => this.#send({ type: "clock" }),
      () => undefined,
    );
  }

  #report(report: Report): void {
    this.#options.onReport(report);
    if (report.type === "pin") {
      const { model, cause, healed } = report;
      this.#tell({ type: "pin-broken", model, cause, healed });
    }
  }

  #tell(change: Parameters<Watcher>[0]): void {
    for (const watcher of [...this.#watchers]) watcher(change);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const watching = this.watch(() => {
        watching[Symbol.dispose]();
        resolve();
      });
    });
  }
}
