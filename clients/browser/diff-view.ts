import { type DiffLine, type DiffRow, diffRows, stackedRows } from "../diff-rows.ts";
import { make } from "./elements.ts";
import { shown } from "./shown-text.ts";

export type DiffLayout = "side-by-side" | "stacked";

/** More rows than this are made when they are asked for, so many at a time. */
const rowsAtOnce = 400;

/** A file's diff. Rows beyond the first few hundred come when somebody wants them. */
export function createDiffView(patch: string, layout: DiffLayout): HTMLElement {
  const rows = layout === "stacked" ? stackedRows(diffRows(patch)) : diffRows(patch);
  const panes =
    layout === "stacked" ? [pane("Changes", stackedLine)] : [pane("Before", oldLine), pane("After", newLine)];
  const view = make("div", `diff ${layout}`, ...panes.map(({ box }) => box));
  const add = (from: number): void => {
    const some = rows.slice(from, from + rowsAtOnce);
    for (const { lines, lineOf } of panes) {
      const slice = make("div", "slice", ...some.map(lineOf));
      // Rows out of sight are not laid out; this is the room that they need.
      slice.style.setProperty("--rows", String(some.length));
      lines.append(slice);
    }
  };
  add(0);
  if (rows.length > rowsAtOnce) view.append(moreButton(rows.length, add));
  if (panes.length === 2) scrollTogether(panes.map(({ box }) => box));
  return view;
}

interface Pane {
  readonly box: HTMLElement;
  readonly lines: HTMLElement;
  readonly lineOf: (row: DiffRow) => HTMLElement;
}

function pane(name: string, lineOf: Pane["lineOf"]): Pane {
  const lines = make("div", "diff-lines");
  const box = make("div", "diff-pane", lines);
  // It scrolls sideways, also by arrow keys.
  box.tabIndex = 0;
  box.role = "group";
  box.ariaLabel = name;
  return { box, lines, lineOf };
}

function moreButton(all: number, add: (from: number) => void): HTMLButtonElement {
  const button = make("button", "more", `Show all ${all.toLocaleString("en")} lines`);
  button.type = "button";
  button.addEventListener("click", () => {
    button.disabled = true;
    let from = rowsAtOnce;
    // Slice by slice, so that the page stays alive meanwhile.
    const next = (): void => {
      add(from);
      from += rowsAtOnce;
      if (from < all) setTimeout(next);
      else button.remove();
    };
    next();
  });
  return button;
}

function scrollTogether(boxes: readonly HTMLElement[]): void {
  for (const box of boxes) {
    box.addEventListener("scroll", () => {
      for (const other of boxes)
        if (other !== box && other.scrollLeft !== box.scrollLeft) other.scrollLeft = box.scrollLeft;
    });
  }
}

function oldLine(row: DiffRow): HTMLElement {
  if (row.kind !== "same" && row.kind !== "change") return otherLine(row);
  return row.old === null ? make("div", "none") : line(row.kind === "same" ? "div" : "del", row.old);
}

function newLine(row: DiffRow): HTMLElement {
  if (row.kind === "raw") return make("div", "none");
  if (row.kind === "gap") return otherLine(row);
  return row.new === null ? make("div", "none") : line(row.kind === "same" ? "div" : "ins", row.new);
}

function stackedLine(row: DiffRow): HTMLElement {
  return row.kind === "change" && row.old !== null ? oldLine(row) : row.kind === "raw" ? oldLine(row) : newLine(row);
}

function otherLine(row: Extract<DiffRow, { kind: "gap" | "raw" }>): HTMLElement {
  if (row.kind === "raw") return make("div", "", ...shown(row.text));
  return make("div", "gap", `${row.lines.toLocaleString("en")} ${row.lines === 1 ? "line" : "lines"} as before`);
}

function line(tag: "div" | "del" | "ins", { number, text, unterminated }: DiffLine): HTMLElement {
  const made = make(tag, "", ...shown(text));
  made.dataset["line"] = String(number);
  if (unterminated) made.append(make("span", "unseen", "no line break"));
  return made;
}
