import { type ResidencyPicture, remaining, roleName, type Swap, shownBytes, swapText } from "../residency-picture.ts";
import type { TalkState } from "../talk-state.ts";
import { element, make } from "./elements.ts";

type Model = ResidencyPicture["models"][number];
type Pool = ResidencyPicture["pools"][number];

const heavyRoles = new Set(["voice", "director", "coder"]);
const stateWords: Readonly<Record<Model["state"], string>> = {
  ready: "ready",
  starting: "coming",
  leaving: "leaving",
  absent: "away",
  failed: "failed",
};

/** What holds memory: a line of chips, the swap under way with its countdown, and the whole ledger behind a click. */
export function createMemoryView(nowMs: () => number): (state: TalkState) => void {
  const details = element("memory", HTMLDetailsElement);
  const chips = element("models", HTMLElement);
  const ledger = element("ledger", HTMLElement);
  const swapLine = element("swap", HTMLElement);
  const swapLabel = element("swap-text", HTMLElement);
  const swapBar = element("swap-bar", HTMLProgressElement);
  let shown: ResidencyPicture | null = null;
  let swap: Swap | null = null;
  let sinceMs = 0;
  let ticking = false;

  const tick = (): void => {
    ticking = swap !== null;
    if (swap === null) return;
    const elapsedMs = nowMs() - sinceMs;
    swapLabel.textContent = `${swapText(swap)} · ${remaining(swap, elapsedMs)}`;
    swapBar.value = Math.min(1, (swap.elapsed_ms + elapsedMs) / Math.max(1, swap.expected_ms));
    setTimeout(tick, 250);
  };

  return (state) => {
    details.hidden = state.residency === null;
    if (state.residency !== null && state.residency !== shown) {
      shown = state.residency;
      chips.replaceChildren(...shown.models.filter(({ role }) => heavyRoles.has(role)).map(chip));
      ledger.replaceChildren(...shown.pools.map(poolRow), ...shown.models.map(modelRow), ...stickyRow(shown));
    }
    if (state.swap !== swap) {
      swap = state.swap;
      sinceMs = nowMs();
      swapLine.hidden = swap === null;
      if (!ticking) tick();
    }
  };
}

function chip(model: Model): HTMLElement {
  const name = roleName(model.role);
  const made = make("span", "chip", `${name}${model.pinned ? " · pinned" : ""}`);
  made.dataset["state"] = model.state;
  made.title = `${model.model}: ${stateWords[model.state]}`;
  return made;
}

function modelRow(model: Model): HTMLElement {
  const what = `${stateWords[model.state]}${model.pinned ? ", pinned" : ""}${model.leases > 0 ? ", in use" : ""}`;
  const note = model.note === undefined ? "" : ` – ${model.note}`;
  const size = model.bytes > 0 ? shownBytes(model.bytes) : "";
  return make(
    "p",
    "model",
    make("b", "", roleName(model.role)),
    make("span", "", `${model.model} · ${what}${note}`),
    make("span", "size", size),
  );
}

function poolRow(pool: Pool): HTMLElement {
  const part = (className: string, bytes: number): HTMLElement => {
    const made = make("i", className);
    made.style.flexGrow = String(Math.max(0, bytes));
    return made;
  };
  const { capacity_bytes: all, used_bytes: used, foreign_bytes: foreign, reserve_bytes: reserve } = pool;
  const free = Math.max(0, all - used - foreign - reserve);
  const bar = make(
    "div",
    "pool-bar",
    part("ours", used),
    part("foreign", foreign),
    part("free", free),
    part("reserve", reserve),
  );
  const words = `${pool.id}: ${shownBytes(used)} models, ${shownBytes(foreign)} other programs, ${shownBytes(free)} free of ${shownBytes(all)}`;
  return make("div", "pool", bar, make("p", "", words));
}

function stickyRow({ sticky }: ResidencyPicture): readonly HTMLElement[] {
  return sticky === null ? [] : [make("p", "sticky", sticky)];
}
