import type { ResidencyEvent, ResidencyState, ResidencyStep, Resident } from "./residency-state.ts";

/** A promise that a step broke. Found by sums and comparisons of its own: nothing here is shared with what decides. */
export interface Violation {
  readonly promise: "pin" | "ledger" | "lease" | "confirmed" | "answer" | "victim" | "quiet" | "growth";
  readonly why: string;
}

/** Everything that must be true of every step, checked in tests and while running. Empty when all is well. */
export function violations(before: ResidencyState, event: ResidencyEvent, step: ResidencyStep): readonly Violation[] {
  const at: Change = { before, event, after: step.state, effects: step.effects };
  return [
    ...pin(at).map((why) => ({ promise: "pin" as const, why })),
    ...ledger(at).map((why) => ({ promise: "ledger" as const, why })),
    ...leases(at).map((why) => ({ promise: "lease" as const, why })),
    ...kept(at).map((why) => ({ promise: "pin" as const, why })),
    ...confirmed(at).map((why) => ({ promise: "confirmed" as const, why })),
    ...answers(at).map((why) => ({ promise: "answer" as const, why })),
    ...victims(at).map((why) => ({ promise: "victim" as const, why })),
    ...quiet(at).map((why) => ({ promise: "quiet" as const, why })),
    ...growth(at).map((why) => ({ promise: "growth" as const, why })),
  ];
}

interface Change {
  readonly before: ResidencyState;
  readonly event: ResidencyEvent;
  readonly after: ResidencyState;
  readonly effects: ResidencyStep["effects"];
}

/** A pinned model that is ready stays as it is until it is lost. */
function pin({ before, event, after }: Change): readonly string[] {
  const pinned = after.models.filter((model) => model.pinned).map((model) => model.id);
  const had = before.residents.filter((it) => it.status === "ready" && pinned.includes(it.model));
  return had
    .filter((it) => !(event.type === "loss" && event.load === it.load))
    .filter((it) => after.residents.find((other) => other.load === it.load)?.status !== "ready")
    .map((it) => `${it.model} was ready, is pinned, was not lost, and is not ready any more`);
}

/** No decision takes more than there is; where a measurement or another program did, idle models go. */
function ledger({ before, event, after }: Change): readonly string[] {
  return after.pools.flatMap((pool) => {
    const limit = pool.capacityBytes - pool.reserveBytes;
    const ended = event.type === "load-end" ? event.load : Number.NaN;
    const found = taken(after.residents, pool.id, (it) => it.load === ended);
    const foretold = taken(before.residents, pool.id, (it) => it.load === ended);
    const allowed = Math.max(limit, taken(before.residents, pool.id) + found - foretold);
    const now = taken(after.residents, pool.id);
    const lines = now > allowed ? [`${pool.id}: ${now} bytes are taken, ${allowed} may be`] : [];
    const staying = taken(after.residents, pool.id, (it) => !isGoing(it)) + pool.foreignBytes;
    if (staying <= limit || after.turns.length > 0) return lines;
    const idle = after.residents.filter(
      (it) => it.status === "ready" && it.leases.length === 0 && !isPinned(after, it.model) && bytesIn(it, pool.id) > 0,
    );
    return [
      ...lines,
      ...idle.map((it) => `${pool.id} is short of ${staying - limit} bytes and ${it.model} idles in it`),
    ];
  });
}

/** Nobody is unloaded under a lease, and nothing is granted on a model that is not there or is leaving. */
function leases({ before, event, after, effects }: Change): readonly string[] {
  const returned = event.type === "lease-return" || event.type === "lease-cancel" ? event.ticket : Number.NaN;
  const lines: string[] = [];
  for (const effect of effects) {
    if (effect.do === "unload" && !(event.type === "loss" && event.load === effect.load)) {
      const resident = before.residents.find((it) => it.load === effect.load);
      const held = resident?.status === "ready" ? resident.leases.filter((ticket) => ticket !== returned) : [];
      if (held.length > 0) lines.push(`${effect.model} is unloaded under the leases ${held.join(", ")}`);
    }
    if (effect.do === "grant") {
      const resident = after.residents.find((it) => it.load === effect.load);
      const lent = resident?.status === "ready" && resident.leases.includes(effect.ticket);
      if (!lent || resident.model !== effect.model)
        lines.push(`${effect.ticket} was granted on load ${effect.load}, which is not there`);
    }
  }
  return lines;
}

/** A load begins only in memory that nobody has, counting whoever has not quite left. */
function confirmed({ after, effects }: Change): readonly string[] {
  const begun = effects.flatMap((effect) => (effect.do === "load" ? [effect.load] : []));
  return after.residents
    .filter((it) => begun.includes(it.load))
    .flatMap((it) => it.shares.map((share) => ({ ...share, model: it.model, pinned: isPinned(after, it.model) })))
    .flatMap(({ model, pool: id, bytes, pinned }) => {
      const pool = after.pools.find((it) => it.id === id);
      const room = pool === undefined ? 0 : pool.capacityBytes - pool.reserveBytes - pool.foreignBytes;
      const all = taken(after.residents, id);
      const heavy = taken(after.residents, id, (it) => !isPinned(after, it.model));
      const slot = pool?.slotBytes ?? Number.POSITIVE_INFINITY;
      const lines =
        bytes > 0 && all > room ? [`${model} is loaded into ${id}: ${all} bytes, and only ${room} are free`] : [];
      return pinned || bytes === 0 || heavy <= slot
        ? lines
        : [...lines, `${model} is loaded into ${id} beyond the slot`];
    });
}

/** While a pinned model is away, nobody is loaded into the last memory that it could have. */
function kept({ after, effects }: Change): readonly string[] {
  const heavy = effects.filter((effect) => effect.do === "load" && !effect.pinned);
  if (heavy.length === 0) return [];
  const away = after.models.filter((model) => model.pinned && !after.residents.some((it) => it.model === model.id));
  const room = ({ shares }: Pick<Resident, "shares">, beside: (it: Resident) => boolean): boolean =>
    shares.every(({ pool: id, bytes }) => {
      const pool = after.pools.find((it) => it.id === id);
      const all = pool === undefined ? 0 : pool.capacityBytes - pool.reserveBytes - pool.foreignBytes;
      return taken(after.residents, id, beside) + bytes <= all;
    });
  return away
    .filter((model) => {
      // Where none would fit without the others either, it is not they who keep it out.
      const forms = model.ladder.filter((form) => room(form, (it) => isPinned(after, it.model)));
      return forms.length > 0 && !forms.some((form) => room(form, () => true));
    })
    .map((model) => `${model.id} is pinned and away, and its memory was given to another model`);
}

/** Every ticket is answered once, in time, or is waiting still; a lease ends by being returned or lost. */
function answers({ before, event, after, effects }: Change): readonly string[] {
  const asked = event.type === "lease-request" ? [event.ticket] : [];
  const dropped = event.type === "lease-cancel" ? event.ticket : Number.NaN;
  const answered = effects.flatMap((it) => (it.do === "grant" || it.do === "refuse" ? [it.ticket] : []));
  const counts = new Map<number, number>();
  for (const id of [...answered, ...after.tickets.map((it) => it.id)]) counts.set(id, (counts.get(id) ?? 0) + 1);
  const open = new Set([...before.tickets.map((it) => it.id), ...asked]);
  open.delete(dropped);
  const lines = [...open].filter((id) => counts.get(id) !== 1).map((id) => `${id} has ${counts.get(id) ?? 0} answers`);
  for (const id of counts.keys()) if (!open.has(id)) lines.push(`${id} was answered, and nobody asked`);
  for (const it of after.tickets)
    if (it.deadlineMs <= after.nowMs) lines.push(`${it.id} still waits past its deadline`);
  return lines;
}

/** Models come by our loads and go by our unloads, one form of each at a time, and whoever goes was ours to choose. */
function victims({ before, event, after, effects }: Change): readonly string[] {
  const lines: string[] = [];
  const confirms = event.type === "unload-end" || event.type === "load-error" ? event.load : Number.NaN;
  for (const had of before.residents) {
    const has = after.residents.find((it) => it.load === had.load);
    if (has === undefined && had.load !== confirms) lines.push(`${had.model} vanished without a confirmation`);
    const asked = effects.filter((it) => it.do === "unload" && it.load === had.load).length;
    const left = had.status !== "leaving" && has?.status === "leaving" ? 1 : 0;
    if (asked !== left) lines.push(`${had.model} left ${left} times and was asked to ${asked} times`);
    if (left === 1 && isPinned(after, had.model) && event.type !== "loss")
      lines.push(`${had.model} is pinned and was chosen`);
  }
  const begun = effects.flatMap((effect) => (effect.do === "load" ? [effect.load] : []));
  const fresh = after.residents.filter((it) => !before.residents.some((other) => other.load === it.load));
  if (begun.length !== fresh.length) lines.push(`${begun.length} loads began, ${fresh.length} models are new`);
  if (begun.some((load) => load < before.nextLoad)) lines.push("a load's number was used twice");
  if (new Set(after.residents.map((it) => it.model)).size !== after.residents.length)
    lines.push("a model is loaded twice");
  return lines;
}

/** Nothing begins inside a voice turn, unless it is for the turn, for a pinned model, or was held back long enough. */
function quiet({ before, event, after, effects }: Change): readonly string[] {
  if (after.turns.length === 0 || event.type === "loss") return [];
  if ((before.deferredSinceMs ?? after.nowMs) + after.settings.quietMs <= after.nowMs) return [];
  const urgent =
    [...before.tickets, ...after.tickets].some((it) => it.urgent) || (event.type === "lease-request" && event.urgent);
  const healing = [...before.models, ...after.models].some(
    (model) => model.pinned && !before.residents.some((it) => it.model === model.id && it.status === "ready"),
  );
  if (urgent || healing) return [];
  return effects.flatMap((it) =>
    it.do === "unload" || (it.do === "load" && !it.pinned) ? [`${it.do} of ${it.model} inside a voice turn`] : [],
  );
}

/** A model is loaded again larger only while nobody talks, uses it or waits, and where nobody has to leave for that. */
function growth({ before, after, effects }: Change): readonly string[] {
  const { move } = after;
  if (move?.growsFrom === undefined) return [];
  const { model: id, variant, growsFrom, load } = move;
  const begins = before.move === null;
  const loads = effects.some((it) => it.do === "load" && it.load === load);
  if (!begins && !loads) return [];
  const lines = after.turns.length > 0 ? [`${id} grows inside a voice turn`] : [];
  if (after.tickets.length > 0) lines.push(`${id} grows while others wait`);
  if (isPinned(after, id)) lines.push(`${id} is pinned and grows`);
  const ladder = after.models.find((it) => it.id === id)?.ladder ?? [];
  const [larger, smaller] = [variant, growsFrom].map((name) => ladder.find((rung) => rung.id === name));
  if (larger === undefined || (begins && larger.penaltyMs >= (smaller?.penaltyMs ?? 0)))
    return [...lines, `${id} grows from ${growsFrom} to ${variant}, which is no better`];
  const others = after.residents.filter((it) => it.model !== id);
  const short = after.pools.filter((pool) => {
    const bytes = bytesIn(larger, pool.id);
    return bytes > 0 && taken(others, pool.id) + bytes > pool.capacityBytes - pool.reserveBytes - pool.foreignBytes;
  });
  return [...lines, ...short.map((pool) => `${id} grows into ${pool.id}, where it has no room`)];
}

function taken(residents: readonly Resident[], pool: string, which: (it: Resident) => boolean = () => true): number {
  return residents.reduce((sum, it) => sum + (which(it) ? bytesIn(it, pool) : 0), 0);
}

function bytesIn(resident: Pick<Resident, "shares">, pool: string): number {
  return resident.shares.reduce((sum, share) => sum + (share.pool === pool ? share.bytes : 0), 0);
}

function isGoing(it: Resident): boolean {
  return it.status === "leaving" || (it.status === "loading" && it.cancelled);
}

function isPinned(state: ResidencyState, model: string): boolean {
  return state.models.some((it) => it.id === model && it.pinned);
}
