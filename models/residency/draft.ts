import { emptyGrowthBook } from "./growth-book.ts";
import type { Report } from "./report.ts";
import type {
  Model,
  Move,
  Pool,
  Ready,
  ResidencyEffect,
  ResidencyState,
  ResidencyStep,
  Resident,
  Variant,
} from "./residency-state.ts";

/** A state in the making: its fields are replaced, what they hold is never changed. */
export type Draft = { -readonly [K in keyof ResidencyState]: ResidencyState[K] } & {
  readonly effects: ResidencyEffect[];
  /** Moments at which something may have to be decided again. */
  wakes: number[];
  /** Something would have begun but for a voice turn. */
  deferring: boolean;
};

// Both are spelt out: spread and rest make objects on which every access is slow, and this is done for every event.
export function draftOf(state: ResidencyState, nowMs: number): Draft {
  return {
    nowMs: Math.max(state.nowMs, nowMs),
    settings: state.settings,
    pools: state.pools,
    models: state.models,
    roles: state.roles,
    residents: state.residents,
    tickets: state.tickets,
    move: state.move,
    backOffs: state.backOffs,
    turns: state.turns,
    deferredSinceMs: state.deferredSinceMs,
    swaps: state.swaps,
    sticky: state.sticky,
    growth: state.growth,
    inflation: state.inflation,
    broken: state.broken,
    nextLoad: state.nextLoad,
    wakeAtMs: state.wakeAtMs,
    effects: [],
    wakes: [],
    deferring: false,
  };
}

export function finished(draft: Draft): ResidencyStep {
  const state: ResidencyState = {
    nowMs: draft.nowMs,
    settings: draft.settings,
    pools: draft.pools,
    models: draft.models,
    roles: draft.roles,
    residents: draft.residents,
    tickets: draft.tickets,
    move: draft.move,
    backOffs: draft.backOffs,
    turns: draft.turns,
    deferredSinceMs: draft.deferredSinceMs,
    swaps: draft.swaps,
    sticky: draft.sticky,
    growth: draft.growth,
    inflation: draft.inflation,
    broken: draft.broken,
    nextLoad: draft.nextLoad,
    wakeAtMs: draft.wakeAtMs,
  };
  return { state, effects: draft.effects };
}

/**
 * Whether something may begin now. While a voice turn is held nothing does, unless the turn itself waits for it or it has been
 * held back for `quietMs` already.
 */
export function mayBegin(draft: Draft, urgent: boolean): boolean {
  if (draft.turns.length === 0 || urgent) return true;
  draft.deferredSinceMs ??= draft.nowMs;
  const untilMs = draft.deferredSinceMs + draft.settings.quietMs;
  if (untilMs <= draft.nowMs) return true;
  draft.deferring = true;
  draft.wakes.push(untilMs);
  return false;
}

export function report(draft: Draft, line: Report): void {
  draft.effects.push({ do: "report", report: line });
}

export function replaceResident(draft: Draft, load: number, next: Resident | null): void {
  draft.residents = draft.residents.flatMap((other) => (other.load !== load ? [other] : next === null ? [] : [next]));
}

/** Begins the unload of a resident; whoever calls has made sure that nobody holds a lease on it, or that it is lost. */
export function unload(draft: Draft, resident: Ready, lost: Extract<Resident, { status: "leaving" }>["lost"]): void {
  const { model, variant, load, shares } = resident;
  const expectedMs = variantOf(draft, model, variant)?.unloadMs ?? 0;
  replaceResident(draft, load, {
    model,
    variant,
    load,
    shares,
    status: "leaving",
    startedMs: draft.nowMs,
    expectedMs,
    lost,
  });
  draft.effects.push({ do: "unload", model, load });
}

/** Begins a load; whoever calls has made sure that the memory is there. Returns the load's number. */
export function load(draft: Draft, model: Model, variant: Variant): number {
  const number = draft.nextLoad;
  draft.nextLoad += 1;
  const { shares, loadMs: expectedMs } = variant;
  draft.residents = [
    ...draft.residents,
    {
      model: model.id,
      variant: variant.id,
      load: number,
      shares,
      status: "loading",
      startedMs: draft.nowMs,
      expectedMs,
      progress: null,
      cancelled: false,
    },
  ];
  draft.effects.push({ do: "load", model: model.id, variant: variant.id, load: number, pinned: model.pinned });
  return number;
}

export function modelOf(state: Pick<ResidencyState, "models">, id: string): Model | undefined {
  return state.models.find((model) => model.id === id);
}

export function variantOf(state: Pick<ResidencyState, "models">, model: string, variant: string): Variant | undefined {
  return modelOf(state, model)?.ladder.find((rung) => rung.id === variant);
}

/** A state without models. Send `installed` next. */
export function emptyState(pools: readonly Pool[], settings: ResidencyState["settings"]): ResidencyState {
  const move: Move | null = null;
  return {
    nowMs: 0,
    settings,
    pools,
    models: [],
    roles: [],
    residents: [],
    tickets: [],
    move,
    backOffs: [],
    turns: [],
    deferredSinceMs: null,
    swaps: [],
    sticky: null,
    growth: emptyGrowthBook,
    inflation: 0,
    broken: [],
    nextLoad: 1,
    wakeAtMs: null,
  };
}
