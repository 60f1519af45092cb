import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { changeText } from "../job-text.ts";
import { withoutColours } from "../visible-text.ts";
import { createDiffView, type DiffLayout } from "./diff-view.ts";
import { make } from "./elements.ts";
import { shown } from "./shown-text.ts";

type Change = NonNullable<JobView["change"]>;
type FileChange = Change["files"][number];
type Check = Change["checks"][number];

export interface ChangeView {
  readonly root: HTMLDetailsElement;
  show(change: Change): void;
  /** Lays out again what is open. */
  layOut(layout: DiffLayout): void;
}

const kindWords: Readonly<Record<FileChange["kind"], string>> = { add: "new", change: "changed", delete: "deleted" };
const outcomeWords: Readonly<Record<Check["outcome"], string>> = {
  passed: "passed",
  failed: "failed",
  "not-run": "not run",
};
/** Files are open from the start as long as all of them together change no more lines than this. */
const openLines = 600;
/** Longer lines hide what stands far to the right; so it is said. */
const longLine = 300;

/** What a job wants changed: its files with their diffs, and how the checks went. */
export function createChangeView(layout: DiffLayout): ChangeView {
  const total = make("span", "total");
  const summary = make("p", "coder-says");
  const files = make("div", "files");
  const checks = make("div", "checks");
  const root = make("details", "change", make("summary", "", total), summary, files, checks);
  let shownChange: Change | undefined;
  let fileViews: readonly FileView[] = [];
  return {
    root,
    show: (change) => {
      if (isSame(shownChange, change)) return;
      shownChange = change;
      total.textContent = changeText(change);
      summary.replaceChildren(...shown(change.summary));
      summary.hidden = change.summary === "";
      let lines = 0;
      fileViews = change.files.map((file, i) => {
        lines += file.added + file.removed;
        return createFileView(file, { open: i === 0 || lines <= openLines, layout });
      });
      files.replaceChildren(...fileViews.map((view) => view.root));
      checks.replaceChildren(...change.checks.map(checkRow));
    },
    layOut: (next) => {
      if (layout === next) return;
      layout = next;
      for (const view of fileViews) view.layOut(next);
    },
  };
}

interface FileView {
  readonly root: HTMLDetailsElement;
  layOut(layout: DiffLayout): void;
}

function createFileView(file: FileChange, options: { readonly open: boolean; readonly layout: DiffLayout }): FileView {
  let { layout } = options;
  let made = false;
  const body = make("div", "file-body");
  const head = make(
    "summary",
    "",
    make("span", `kind ${file.kind}`, kindWords[file.kind]),
    make("bdi", "path", ...shown(file.path)),
    make("span", "added", `+${file.added.toLocaleString("en")}`),
    make("span", "removed", `−${file.removed.toLocaleString("en")}`),
  );
  const root = make("details", "file", head, body);
  const fill = (): void => {
    made = true;
    const longest = Math.max(...[0], ...lengths(file.patch));
    const warning = `It has lines of up to ${longest.toLocaleString("en")} characters: scroll sideways to see all of them.`;
    body.replaceChildren(
      ...(longest > longLine ? [make("p", "long-lines", warning)] : []),
      createDiffView(file.patch, layout),
    );
  };
  root.open = options.open;
  if (root.open) fill();
  root.addEventListener("toggle", () => {
    if (root.open && !made) fill();
  });
  return {
    root,
    layOut: (next) => {
      layout = next;
      made = false;
      if (root.open) fill();
      else body.replaceChildren();
    },
  };
}

function checkRow(check: Check): HTMLElement {
  const words = [
    make("span", `outcome ${check.outcome}`, outcomeWords[check.outcome]),
    make("bdi", "", ...shown(check.name)),
  ];
  const output = withoutColours(check.output).trim();
  if (output === "") return make("p", "check", ...words);
  const text = make("pre", "", ...shown(output));
  text.tabIndex = 0;
  const row = make("details", "check", make("summary", "", ...words), text);
  row.open = check.outcome === "failed";
  return row;
}

function lengths(patch: string): readonly number[] {
  return patch.split("\n").map((line) => line.length);
}

function isSame(one: Change | undefined, other: Change): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
