import { join } from "node:path";
import type { CheckOutcome, Checks } from "../coding-agent.ts";
import type { Sandbox } from "./sandbox.ts";

/** A check as the user has written it down; nothing is added to its words. */
export interface CheckTemplate {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
}

export interface ConfiguredChecksOptions {
  readonly templates: readonly CheckTemplate[];
  readonly sandbox: Sandbox;
  /** Absolute real path; its installed packages can be read by checks. */
  readonly workspace: string;
  readonly timeoutMs: number;
}

/** The user's checks, each run in the sandbox or not at all. */
export function configuredChecks({ templates, sandbox, workspace, timeoutMs }: ConfiguredChecksOptions): Checks {
  const names = templates.map(({ name }) => name);
  return {
    names,
    async run(name, folder, signal): Promise<CheckOutcome> {
      const template = templates.find((other) => other.name === name);
      if (template === undefined) return { ran: false, name, why: noSuchCheck(name, names) };
      const packages = join(workspace, "node_modules");
      const end = await sandbox.run({ argv: template.argv, folder, packages, timeoutMs }, signal);
      switch (end.type) {
        case "not-started":
          return { ran: false, name, why: end.why };
        case "timeout": {
          const output = `${end.output}\nIt was stopped after ${Math.round(timeoutMs / 1_000)} s.`.trimStart();
          return { ran: true, name, passed: false, output };
        }
        case "exit":
          return { ran: true, name, passed: end.code === 0, output: end.output };
        default:
          return end satisfies never;
      }
    },
  };
}

function noSuchCheck(name: string, names: readonly string[]): string {
  if (names.length === 0) return `There is no check "${name}": none is configured.`;
  return `There is no check "${name}". There are: ${names.join(", ")}.`;
}
