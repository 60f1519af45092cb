import { answerOverdue, chooseAgain, grantReady } from "./answers.ts";
import { type Draft, draftOf, finished, report } from "./draft.ts";
import { record } from "./facts.ts";
import { beginGrowth } from "./grow.ts";
import { couldEverFit } from "./ladder.ts";
import { freeBesidePinned, pinnedIds } from "./ledger.ts";
import { advance } from "./moves.ts";
import { loadPinned } from "./pins.ts";
import { relieve } from "./pressure.ts";
import type { ResidencyEvent, ResidencyState, ResidencyStep } from "./residency-state.ts";
import { nextSticky, recentSwaps, swapShare } from "./thrash.ts";
import { waitBoundMs } from "./wait-bound.ts";

/** While sticky it is looked at so often whether that may end. */
const stickyCheckMs = 15_000;

/** The whole of residency: what is now true after this event, and what must now be done. Pure; takes no time but the event's. */
export function step(state: ResidencyState, event: ResidencyEvent): ResidencyStep {
  const draft = draftOf(state, event.nowMs);
  if (draft.wakeAtMs !== null && draft.wakeAtMs <= draft.nowMs) draft.wakeAtMs = null;
  record(draft, event);
  watchThrash(draft);
  if (event.type === "foreign" || event.type === "installed") dropImpossible(draft);
  settle(draft);
  beginGrowth(draft);
  if (event.type === "lease-request") reportQueued(draft, event.ticket);
  if (!draft.deferring) draft.deferredSinceMs = null;
  setAlarm(draft);
  return finished(draft);
}

/** Everything that follows, until nothing does. Each round either ends a swap or takes a ticket off a model that is impossible. */
function settle(draft: Draft): void {
  do {
    draft.wakes = [];
    draft.deferring = false;
    relieve(draft);
    loadPinned(draft);
    grantReady(draft);
    answerOverdue(draft);
  } while (advance(draft));
}

function watchThrash(draft: Draft): void {
  draft.swaps = recentSwaps(draft);
  const sticky = nextSticky(draft);
  if ((sticky === null) !== (draft.sticky === null)) {
    const why = sticky?.why ?? "Changing models takes little time again";
    report(draft, { type: "sticky", on: sticky !== null, share: swapShare(draft), why });
  }
  draft.sticky = sticky;
}

/** Whoever waits for a model that cannot fit any more is told now, not when its turn would have come. */
function dropImpossible(draft: Draft): void {
  const pinned = pinnedIds(draft);
  const room = freeBesidePinned(draft);
  for (const id of new Set(draft.tickets.map((ticket) => ticket.model))) {
    const model = draft.models.find((it) => it.id === id);
    if (model === undefined || pinned.has(id) || draft.residents.some((it) => it.model === id)) continue;
    if (!couldEverFit(draft, model, room)) chooseAgain(draft, id, { without: true });
  }
}

function reportQueued(draft: Draft, id: number): void {
  const ticket = draft.tickets.find((it) => it.id === id);
  if (ticket === undefined) return;
  const { role, model } = ticket;
  report(draft, { type: "queue", ticket: id, role, model, boundMs: waitBoundMs(draft, ticket) });
}

function setAlarm(draft: Draft): void {
  const wakes = [...draft.wakes, ...draft.tickets.map((ticket) => ticket.deadlineMs)];
  if (draft.sticky !== null) wakes.push(draft.nowMs + stickyCheckMs);
  const nextMs = wakes.reduce(
    (least, atMs) => (atMs > draft.nowMs && atMs < least ? atMs : least),
    Number.POSITIVE_INFINITY,
  );
  const atMs = nextMs === Number.POSITIVE_INFINITY ? null : nextMs;
  if (atMs === draft.wakeAtMs) return;
  draft.wakeAtMs = atMs;
  draft.effects.push({ do: "wake-at", atMs });
}
