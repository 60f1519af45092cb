import { RequestError, type ToolCallContent, type ToolCallLocation, type ToolKind } from "@agentclientprotocol/sdk";
import type { Action, EditAction } from "../edits/action.ts";
import { applyEdit } from "../edits/apply-edit.ts";
import { type FileGate, RefusedPath } from "../file-gate.ts";
import type { CoderDesk } from "./coder-desk.ts";
import type { Outcome } from "./coder-state.ts";
import { type OpenFile, shortenedText, shownFile } from "./shown-file.ts";

export interface WorkbenchOptions {
  readonly desk: CoderDesk;
  /** For what the protocol has no words for: listing and searching. */
  readonly gate: Pick<FileGate, "list" | "search">;
  readonly checks: readonly string[];
  /** Most of one result, as estimated. */
  readonly resultTokens: number;
}

/** Carries out a coder's actions, and tells of each when it begins and when it ends. */
export class Workbench {
  readonly #options: WorkbenchOptions;
  /** Path → its tool call. */
  readonly #begun = new Map<string, string>();
  #count = 0;

  constructor(options: WorkbenchOptions) {
    this.#options = options;
  }

  /** What went wrong is an outcome, too; only an abort and a lost connection are thrown. */
  async perform(action: Action, signal: AbortSignal): Promise<Outcome> {
    const { desk } = this.#options;
    const begun = "path" in action && action.type !== "read" ? this.#begun.get(desk.shown(action.path)) : undefined;
    const toolCallId = begun ?? this.#nextId();
    const sessionUpdate = begun === undefined ? "tool_call" : "tool_call_update";
    await desk.tell({ sessionUpdate, toolCallId, status: "in_progress", ...this.#heading(action) });
    if ("path" in action) this.#begun.delete(desk.shown(action.path));
    const { outcome, content } = await this.#carryOut(action, signal);
    signal.throwIfAborted();
    const status = wentWell(outcome) ? "completed" : "failed";
    await desk.tell({ sessionUpdate: "tool_call_update", toolCallId, status, content: [...content] });
    return outcome;
  }

  /** The model has begun to write a file; the action follows when its answer is whole. */
  async begin(path: string): Promise<void> {
    const { desk } = this.#options;
    if (this.#begun.has(desk.shown(path))) return;
    const toolCallId = this.#nextId();
    this.#begun.set(desk.shown(path), toolCallId);
    const heading = this.#heading({ type: "whole-file", path, text: "" });
    await desk.tell({ sessionUpdate: "tool_call", toolCallId, status: "pending", ...heading });
  }

  /** What was begun and did not become an action never will. */
  async dropBegun(): Promise<void> {
    for (const toolCallId of this.#begun.values())
      await this.#options.desk.tell({ sessionUpdate: "tool_call_update", toolCallId, status: "failed" });
    this.#begun.clear();
  }

  /** A file that the user named; null when it may not be read. */
  async open(path: string, signal: AbortSignal): Promise<OpenFile | null> {
    const { desk } = this.#options;
    const toolCallId = this.#nextId();
    const heading = this.#heading({ type: "read", path });
    await desk.tell({ sessionUpdate: "tool_call", toolCallId, status: "in_progress", ...heading });
    let text: string | null = null;
    try {
      text = await desk.read(path, null, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RequestError)) throw error;
    }
    await desk.tell({ sessionUpdate: "tool_call_update", toolCallId, status: text === null ? "failed" : "completed" });
    return text === null ? null : { path: desk.shown(path), text };
  }

  #nextId(): string {
    this.#count += 1;
    return `action-${this.#count}`;
  }

  #heading(action: Action): {
    readonly title: string;
    readonly kind: ToolKind;
    readonly locations?: ToolCallLocation[];
  } {
    const { desk } = this.#options;
    const at = (path: string, line?: number): ToolCallLocation[] => [
      { path: desk.absolute(path), ...(line === undefined ? {} : { line }) },
    ];
    switch (action.type) {
      case "list":
        return { title: "List the files", kind: "search" };
      case "search":
        return { title: `Search for "${action.text}"`, kind: "search" };
      case "read":
        return { title: `Read ${desk.shown(action.path)}`, kind: "read", locations: at(action.path, action.fromLine) };
      case "whole-file":
        return { title: `Write ${desk.shown(action.path)}`, kind: "edit", locations: at(action.path) };
      case "replace":
        return { title: `Change ${desk.shown(action.path)}`, kind: "edit", locations: at(action.path) };
      case "check":
        return { title: `Run the check ${action.name}`, kind: "execute" };
      case "done":
      case "cannot":
        return { title: "Finish", kind: "other" };
    }
  }

  async #carryOut(action: Action, signal: AbortSignal): Promise<Performed> {
    try {
      switch (action.type) {
        case "list":
          return shown(await this.#list(signal));
        case "search":
          return shown(await this.#search(action.text, signal));
        case "read":
          return shown(await this.#read(action, signal));
        case "whole-file":
        case "replace":
          return await this.#edit(action, signal);
        case "check":
          return await this.#check(action.name, signal);
        case "done":
        case "cannot":
          return shown("");
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RequestError || error instanceof RefusedPath)
        return failed(action, error.message, this.#options.desk);
      throw error;
    }
  }

  async #list(signal: AbortSignal): Promise<string> {
    const paths = await this.#options.gate.list(signal);
    if (paths.length === 0) return "The folder is empty.";
    return shortenedText([`${paths.length} files:`, ...paths].join("\n"), this.#options.resultTokens);
  }

  async #search(text: string, signal: AbortSignal): Promise<string> {
    const found = await this.#options.gate.search(text, signal);
    if (found.length === 0) return `"${text}" is nowhere in the folder.`;
    const lines = found.map(({ path, line, text: whole }) => `${path}:${line}: ${whole.trim().slice(0, longestFound)}`);
    return shortenedText([`"${text}" is in ${found.length} lines:`, ...lines].join("\n"), this.#options.resultTokens);
  }

  async #read({ path, fromLine, toLine }: Extract<Action, { type: "read" }>, signal: AbortSignal): Promise<string> {
    const { desk, resultTokens } = this.#options;
    const text = await desk.read(path, null, signal);
    return shownFile({ path: desk.shown(path), text }, { fromLine, toLine }, resultTokens);
  }

  async #edit(action: EditAction, signal: AbortSignal): Promise<Performed> {
    const { desk } = this.#options;
    const path = desk.shown(action.path);
    const oldText = await desk.readOld(action.path, signal);
    if (action.type === "whole-file" && oldText?.replaceAll("\r\n", "\n") === action.text) {
      const text = `${path} is like that already.`;
      return { outcome: { type: "same", path, text }, content: textContent(text) };
    }
    const edited = applyEdit(action, oldText);
    if (!edited.ok)
      return { outcome: { type: "not-changed", path, why: edited.why }, content: textContent(edited.why) };
    await desk.write(action.path, edited.text, signal);
    const small = (oldText?.length ?? 0) + edited.text.length <= longestDiff;
    const diff: ToolCallContent = { type: "diff", path: desk.absolute(path), oldText, newText: edited.text };
    return {
      outcome: { type: "changed", path, text: `${path} is ${oldText === null ? "written" : "changed"}.` },
      content: small ? [diff] : [],
    };
  }

  async #check(name: string, signal: AbortSignal): Promise<Performed> {
    const { checks, desk, resultTokens } = this.#options;
    if (!checks.includes(name)) {
      const why =
        checks.length === 0 ? "There are no checks here." : `There are only these checks: ${checks.join(", ")}.`;
      return { outcome: { type: "not-shown", why }, content: textContent(why) };
    }
    const result = await desk.check(name, signal);
    if (!result.ran)
      return { outcome: { type: "not-checked", name, why: result.why }, content: textContent(result.why) };
    const output = shortenedText(result.output.trimEnd(), resultTokens);
    return { outcome: { type: "checked", name, passed: result.passed, output }, content: textContent(output) };
  }
}

interface Performed {
  readonly outcome: Outcome;
  readonly content: readonly ToolCallContent[];
}

const longestFound = 160;
/** A diff is for looking at only; a change that is larger is looked at elsewhere. */
const longestDiff = 100_000;

function shown(text: string): Performed {
  return { outcome: { type: "shown", text }, content: textContent(text) };
}

function failed(action: Action, why: string, desk: CoderDesk): Performed {
  const content = textContent(why);
  return action.type === "whole-file" || action.type === "replace"
    ? { outcome: { type: "not-changed", path: desk.shown(action.path), why }, content }
    : { outcome: { type: "not-shown", why }, content };
}

function textContent(text: string): readonly ToolCallContent[] {
  return [{ type: "content", content: { type: "text", text } }];
}

function wentWell(outcome: Outcome): boolean {
  if (outcome.type === "checked") return outcome.passed;
  return outcome.type === "shown" || outcome.type === "changed" || outcome.type === "same";
}
