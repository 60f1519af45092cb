import type { Share } from "../servers/model-server.ts";
import { chooseAgain } from "./answers.ts";
import { type Draft, replaceResident, report, unload, variantOf } from "./draft.ts";
import { stuckAtMs } from "./ledger.ts";
import { endMove } from "./move-end.ts";
import type { BackOff, ResidencyEvent, Variant } from "./residency-state.ts";
import { creditNow } from "./victims.ts";

type Of<T extends ResidencyEvent["type"]> = Extract<ResidencyEvent, { type: T }>;

/** How much larger a model is taken to be after its load ran out of memory. */
const underestimated = 1.1;

export function loadEnd(draft: Draft, event: Of<"load-end">): void {
  const resident = draft.residents.find((it) => it.load === event.load);
  if (resident?.status !== "loading") return;
  const { model, variant, load } = resident;
  const shares = event.shares ?? resident.shares;
  const loadMs = draft.nowMs - resident.startedMs;
  const rung = calibrate(draft, { model, variant, shares, loadMs, measured: event.shares !== undefined });
  replaceResident(draft, load, {
    model,
    variant,
    load,
    shares,
    status: "ready",
    leases: [],
    readyMs: draft.nowMs,
    usedMs: draft.nowMs,
    credit: rung === undefined ? draft.inflation : creditNow(draft, rung, shares),
  });
  if (draft.move?.load === load) endMove(draft, "ready", shares);
  const broken = draft.broken.find((it) => it.model === model);
  if (broken !== undefined) {
    draft.broken = draft.broken.filter((it) => it !== broken);
    report(draft, { type: "pin", model, cause: broken.cause, healed: true });
  }
}

export function loadError(draft: Draft, event: Of<"load-error">): void {
  const resident = draft.residents.find((it) => it.load === event.load);
  if (resident?.status !== "loading") return;
  const { model, variant } = resident;
  replaceResident(draft, event.load, null);
  if (draft.move?.load === event.load) endMove(draft, "failed", []);
  const stuck = draft.nowMs >= stuckAtMs(draft, resident);
  if (resident.cancelled && !stuck) return;
  if (event.code === "no-memory") inflate(draft, model, variant);
  const { code, retryable } = event;
  const why = stuck ? `loading it took longer than ${draft.nowMs - resident.startedMs} ms` : event.message;
  backOff(draft, { model, code, retryable, why, atOnce: false });
  draft.tickets = draft.tickets.map((ticket) =>
    ticket.model === model
      ? { ...ticket, failures: retryable ? ticket.failures + 1 : Math.max(ticket.failures, draft.settings.attempts) }
      : ticket,
  );
  if (draft.models.find((it) => it.id === model)?.pinned !== true) chooseAgain(draft, model, { without: false });
}

export function unloadEnd(draft: Draft, event: Of<"unload-end">): void {
  const resident = draft.residents.find((it) => it.load === event.load);
  if (resident?.status !== "leaving") return;
  replaceResident(draft, event.load, null);
  const tookMs = draft.nowMs - resident.startedMs;
  changeRung(draft, resident, (rung) => ({ ...rung, unloadMs: mean(rung, rung.unloadMs, tookMs) }));
}

/** Its leases are void, and what is left of it is made to go. */
export function loss(draft: Draft, event: Of<"loss">): void {
  const resident = draft.residents.find((it) => it.load === event.load);
  if (resident?.status !== "ready") return;
  const { model, leases } = resident;
  const { cause } = event;
  const pinned = draft.models.find((it) => it.id === model)?.pinned === true;
  report(draft, { type: "loss", model, cause, leases: leases.length });
  // Slow is better than gone for whoever is using it; only a pinned model has to be whole.
  if (cause === "spilled" && !pinned) return;
  unload(draft, resident, cause);
  const code = cause === "server-down" ? "server-down" : "host-exited";
  backOff(draft, { model, code, retryable: true, why: `it was lost: ${cause}`, atOnce: pinned });
  if (!pinned || draft.broken.some((it) => it.model === model)) return;
  draft.broken = [...draft.broken, { model, cause }];
  report(draft, { type: "pin", model, cause, healed: false });
}

function backOff(
  draft: Draft,
  failure: Pick<BackOff, "model" | "code" | "retryable" | "why"> & { readonly atOnce: boolean },
): void {
  const { atOnce, ...rest } = failure;
  const { backOffMs, backOffMostMs } = draft.settings;
  const failures = (draft.backOffs.find((it) => it.model === rest.model)?.failures ?? 0) + 1;
  const exponent = atOnce ? failures - 2 : failures - 1;
  const waitMs = exponent < 0 ? 0 : Math.min(backOffMostMs, backOffMs * 2 ** Math.min(exponent, 30));
  const untilMs = draft.nowMs + (rest.retryable ? waitMs : backOffMostMs);
  draft.backOffs = [...draft.backOffs.filter((it) => it.model !== rest.model), { ...rest, failures, untilMs }];
}

interface Measurement {
  readonly model: string;
  readonly variant: string;
  readonly shares: readonly Share[];
  readonly loadMs: number;
  readonly measured: boolean;
}

function calibrate(draft: Draft, found: Measurement): Variant | undefined {
  const before = variantOf(draft, found.model, found.variant);
  if (before !== undefined) learnTime(draft, found.model, mean(before, before.loadMs, found.loadMs));
  changeRung(draft, found, (rung) => ({
    ...rung,
    // A server that chooses the GPU may have chosen another one than was thought.
    shares: isSamePlace(rung.shares, found.shares) ? found.shares : rung.shares,
    measured: rung.measured || found.measured,
  }));
  const rung = variantOf(draft, found.model, found.variant);
  if (rung !== undefined) {
    const { loadMs } = rung;
    const { model, variant, shares } = found;
    report(draft, { type: "calibrated", model, variant, loadMs, shares });
  }
  return rung;
}

function isSamePlace(foretold: readonly Share[], found: readonly Share[]): boolean {
  const most = (shares: readonly Share[]) => shares.toSorted((a, b) => b.bytes - a.bytes)[0]?.pool;
  return most(foretold) === most(found);
}

/** Every form is the same file: after a slow load of one, another that was never tried must not look faster. */
function learnTime(draft: Draft, id: string, loadMs: number): void {
  draft.models = draft.models.map((model) =>
    model.id === id ? { ...model, ladder: model.ladder.map((rung) => ({ ...rung, loadMs })) } : model,
  );
}

/** The first measurement replaces the estimate; later ones draw it half-way, because the page cache makes them differ. */
function mean(rung: Variant, beforeMs: number, foundMs: number): number {
  return rung.measured ? (beforeMs + foundMs) / 2 : foundMs;
}

function inflate(draft: Draft, model: string, variant: string): void {
  changeRung(draft, { model, variant }, (rung) => ({
    ...rung,
    shares: rung.shares.map((share) => ({ ...share, bytes: Math.ceil(share.bytes * underestimated) })),
  }));
}

function changeRung(
  draft: Draft,
  at: { readonly model: string; readonly variant: string },
  change: (rung: Variant) => Variant,
): void {
  draft.models = draft.models.map((model) =>
    model.id === at.model
      ? { ...model, ladder: model.ladder.map((rung) => (rung.id === at.variant ? change(rung) : rung)) }
      : model,
  );
}
