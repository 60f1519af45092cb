import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { changeText } from "../job-text.ts";
import { visibleLine, withoutColours } from "../visible-text.ts";
import { type Colours, shownText } from "./shown-text.ts";

type Change = NonNullable<JobView["change"]>;

/** Of a check's output, the end says most. */
const mostCheckLines = 20;

/** The diff of all files, coloured; every line of it is one of a patch, or the name of a file. */
export function diffText({ files }: Change, colours: Colours): string {
  return files.map((file) => fileDiff(file, colours)).join("\n");
}

/** What is to be known besides the diff: what the coder says, checks, risk. */
export function changeNotes({ change, approval }: JobView, colours: Colours): string {
  if (change === null) return "";
  const lines = [
    changeText(change),
    ...quoted("The coder says", change.summary, colours),
    ...change.checks.flatMap((check) => checkLines(check, colours)),
    ...(change.checks.length === 0 ? [colours.dim("Nothing was checked.")] : []),
    ...(approval === null ? [] : riskLines(approval, colours)),
  ];
  return `${lines.join("\n")}\n`;
}

function fileDiff({ path, kind, added, removed, patch }: Change["files"][number], colours: Colours): string {
  const what = { add: "new file", change: "changed", delete: "deleted" }[kind];
  const head = `${colours.bold(visibleLine(path))} ${colours.dim(`(${what}, +${added} -${removed})`)}`;
  let inHunk = false;
  const lines = patch
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => {
      inHunk ||= line.startsWith("@@");
      return painted(line, inHunk, colours);
    });
  return `${[head, ...lines].join("\n")}\n`;
}

function painted(line: string, inHunk: boolean, colours: Colours): string {
  const shown = shownText(line, colours);
  if (!inHunk) return colours.dim(shown);
  if (line.startsWith("+")) return colours.green(shown);
  if (line.startsWith("-")) return colours.red(shown);
  return line.startsWith("@@") ? colours.cyan(shown) : shown;
}

function checkLines({ name, outcome, output }: Change["checks"][number], colours: Colours): readonly string[] {
  const called = visibleLine(name);
  switch (outcome) {
    case "passed":
      return [colours.green(`Check ${called}: passed`)];
    case "not-run":
      return [colours.yellow(`Check ${called}: not run. ${visibleLine(output)}`)];
    case "failed": {
      const all = withoutColours(output).trimEnd().split("\n");
      return quoted(colours.red(`Check ${called}: failed`), all.slice(-mostCheckLines).join("\n"), colours);
    }
  }
}

function riskLines({ risk, reasons }: NonNullable<JobView["approval"]>, colours: Colours): readonly string[] {
  if (risk === "low") return [colours.green("Risk: low")];
  return [colours.red("Risk: high"), ...reasons.map((reason) => `  ${visibleLine(reason)}`)];
}

/** Others' words stand behind a bar, so that no line of them can pass for one of ours. */
function quoted(title: string, text: string, colours: Colours): readonly string[] {
  if (text.trim() === "") return [title];
  const lines = shownText(text.trimEnd(), colours).split("\n");
  return [`${title}:`, ...lines.map((line) => `  ${colours.dim("│")} ${line}`)];
}
