import type { PermissionRequest, ToolKind } from "./agent-messages.ts";
import { oneLine } from "./one-line.ts";

export type PermissionAnswer =
  | { readonly outcome: "selected"; readonly optionId: string }
  /** None of the options that it offers says what we mean. */
  | { readonly outcome: "cancelled" };

export interface PermissionDecision {
  readonly answer: PermissionAnswer;
  /** A sentence; null when it was allowed. */
  readonly refused: string | null;
}

/** What a request is about, when all that the agent has said of it is put together. */
export interface AskedFor {
  readonly kind: ToolKind;
  readonly title: string;
  readonly paths: readonly string[];
  /** Those of `paths` that lead out of the copy, or to where nothing may be changed. */
  readonly outside: readonly string[];
  /** It shows what it would change. */
  readonly showsChange: boolean;
}

/** Files of the copy may be read and changed; nothing is run, fetched or allowed for good, whatever the agent offers. */
export function decidePermission(asked: AskedFor, options: PermissionRequest["options"]): PermissionDecision {
  const refused = refusal(asked);
  const wanted = refused === null ? "allow_once" : "reject_once";
  const option = options.find(({ kind }) => kind === wanted);
  if (option !== undefined) return { answer: { outcome: "selected", optionId: option.optionId }, refused };
  return {
    answer: { outcome: "cancelled" },
    refused: refused ?? `It was not allowed to ${what(asked)}: it asked for more than this one time.`,
  };
}

function refusal(asked: AskedFor): string | null {
  const [outside] = asked.outside;
  switch (asked.kind) {
    case "read":
    case "search":
    case "think":
      return outside === undefined ? null : `It was not allowed to read "${oneLine(outside, 120)}": it is outside.`;
    case "edit":
    case "delete":
    case "move":
      return refusedChange(asked);
    case "execute":
      return `It was not allowed to run a command: ${what(asked)}.`;
    case "fetch":
      return `It was not allowed to use the network: ${what(asked)}.`;
    case "switch_mode":
      return `It was not allowed to change its own permissions: ${what(asked)}.`;
    case "other":
      return asked.showsChange ? refusedChange(asked) : `It was not allowed to do this: ${what(asked)}.`;
  }
}

function refusedChange({ paths, outside: [outside] }: AskedFor): string | null {
  if (outside !== undefined)
    return `It was not allowed to change "${oneLine(outside, 120)}": it is outside or protected.`;
  return paths.length === 0 ? "It was not allowed to change files that it did not name." : null;
}

function what({ title, kind }: AskedFor): string {
  const line = oneLine(title, 120);
  return line === "" ? kind : `"${line}"`;
}
