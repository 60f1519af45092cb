import { randomUUID } from "node:crypto";
import { type ClientApp, methods, RequestError } from "@agentclientprotocol/sdk";
import { z } from "zod";
import { childOf, type Scope } from "../../flow/scope.ts";
import type { AgentTask, CheckOutcome } from "../coding-agent.ts";
import type { ServeRequest } from "./gate-files.ts";

const createSchema = z.object({
  sessionId: z.string(),
  command: z.string(),
  args: z.array(z.string()).nullish(),
  outputByteLimit: z.number().int().min(0).nullish().catch(null),
});
const terminalSchema = z.object({ sessionId: z.string(), terminalId: z.string() });

interface CheckTerminal {
  readonly scope: Scope;
  readonly done: Promise<CheckOutcome>;
  readonly mostOutputBytes: number;
  outcome: CheckOutcome | null;
}

/** So many checks may run, or have run and not been released. */
const mostTerminals = 8;
const usualOutputBytes = 64 * 1024;

/** Serves `terminal/*` for one thing only: `command: "check"` with the name of a check that the user has configured. */
export function serveChecks(
  app: ClientApp,
  { gate, checks }: Pick<AgentTask, "gate" | "checks">,
  onCheck: (name: string) => void,
  serve: ServeRequest,
): ClientApp {
  const terminals = new Map<string, CheckTerminal>();
  const find = (id: string): CheckTerminal => {
    const terminal = terminals.get(id);
    if (terminal === undefined) throw new RequestError(-32_002, "There is no such terminal.", { terminalId: id });
    return terminal;
  };

  return app
    .onRequest(methods.client.terminal.create, createSchema, ({ params }) =>
      serve(params.sessionId, async (signal) => {
        const [name] = params.args ?? [];
        if (
          params.command !== "check" ||
          params.args?.length !== 1 ||
          name === undefined ||
          !checks.names.includes(name)
        )
          throw new RequestError(-32_602, refusal(checks.names));
        if (terminals.size >= mostTerminals)
          throw new RequestError(-32_602, "Release the terminals of earlier checks first.");
        const scope = childOf(signal);
        const terminal: CheckTerminal = {
          scope,
          done: checks.run(name, gate.folder, scope.signal),
          mostOutputBytes: params.outputByteLimit ?? usualOutputBytes,
          outcome: null,
        };
        terminal.done.then(
          (outcome) => {
            terminal.outcome = outcome;
          },
          () => undefined,
        );
        const terminalId = randomUUID();
        terminals.set(terminalId, terminal);
        onCheck(name);
        return { terminalId };
      }),
    )
    .onRequest(methods.client.terminal.waitForExit, terminalSchema, ({ params }) =>
      serve(params.sessionId, async () => exitOf(await find(params.terminalId).done)),
    )
    .onRequest(methods.client.terminal.output, terminalSchema, ({ params }) =>
      serve(params.sessionId, async () => {
        const { outcome, mostOutputBytes } = find(params.terminalId);
        if (outcome === null) return { output: "", truncated: false };
        const text = outcome.ran ? outcome.output : outcome.why;
        const output = lastBytes(text, mostOutputBytes);
        return { output, truncated: output.length < text.length, exitStatus: exitOf(outcome) };
      }),
    )
    .onRequest(methods.client.terminal.kill, terminalSchema, ({ params }) =>
      serve(params.sessionId, async () => {
        find(params.terminalId).scope.abort();
        return {};
      }),
    )
    .onRequest(methods.client.terminal.release, terminalSchema, ({ params }) =>
      serve(params.sessionId, async () => {
        find(params.terminalId).scope.abort();
        terminals.delete(params.terminalId);
        return {};
      }),
    );
}

/** A check that could not be run has not failed: an agent that took it for that would mend what is right. */
function exitOf(outcome: CheckOutcome): { readonly exitCode: number | null } {
  if (!outcome.ran) return { exitCode: null };
  return { exitCode: outcome.passed ? 0 : 1 };
}

function refusal(names: readonly string[]): string {
  if (names.length === 0) return "Commands are not run here, and no checks are configured.";
  const list = names.map((name) => `"${name}"`).join(", ");
  return `Commands are not run here. Ask for command "check" with one of these as its only argument: ${list}.`;
}

/** The end of a text that is long, cut between characters. */
function lastBytes(text: string, mostBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.byteLength <= mostBytes) return text;
  let from = bytes.byteLength - mostBytes;
  for (; from < bytes.byteLength && ((bytes[from] ?? 0) & 0xc0) === 0x80; from += 1);
  return bytes.subarray(from).toString("utf8");
}
