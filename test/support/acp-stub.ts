import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type AgentApp,
  type AgentContext,
  agent,
  methods,
  RequestError,
  type RequestPermissionRequest,
  type SessionUpdate,
  type ToolKind,
} from "@agentclientprotocol/sdk";

/** One thing that the stub does in its turn. */
export type StubStep =
  | { readonly do: "say"; readonly text: string; readonly id?: string }
  | { readonly do: "think" }
  | { readonly do: "plan"; readonly text: string }
  | { readonly do: "call"; readonly kind: ToolKind; readonly title: string; readonly path?: string }
  /** Through the client; says what came of it. */
  | { readonly do: "read"; readonly path: string; readonly line?: number; readonly limit?: number }
  | { readonly do: "write"; readonly path: string; readonly text: string; readonly session?: string }
  /** By itself, as agents do that have file tools of their own; only if it is allowed to when it asks. */
  | { readonly do: "edit"; readonly path: string; readonly text: string; readonly asks: boolean }
  | {
      readonly do: "ask";
      readonly kind: ToolKind;
      readonly title: string;
      readonly paths: readonly string[];
      readonly options?: readonly string[];
    }
  /** Without asking anybody; says the text, or that it could not. */
  | { readonly do: "look"; readonly path: string }
  | { readonly do: "link"; readonly path: string; readonly target: string }
  | { readonly do: "check"; readonly command: string; readonly args: readonly string[] }
  | { readonly do: "unknown-update" }
  | { readonly do: "unknown-request" }
  | { readonly do: "wait-for-cancel" }
  | { readonly do: "hang" }
  | { readonly do: "chatter" }
  | { readonly do: "step-for-ever" }
  | { readonly do: "fail"; readonly message: string }
  | { readonly do: "die"; readonly words: string };

export interface StubScript {
  readonly version?: number;
  readonly login?: "plain" | "by-argument";
  readonly mute?: boolean;
  readonly steps: readonly StubStep[];
  readonly stopReason?: "end_turn" | "max_tokens" | "max_turn_requests" | "refusal" | "cancelled";
}

/** What the stub was told, for tests that run it in their own process. */
export interface StubMemory {
  cwd: string;
  readonly prompts: unknown[];
  capabilities: unknown;
  cancelled: boolean;
}

/** An agent by the library's agent side that does as its script says; what it learns it says in messages. */
export function stubAgent(script: StubScript, memory: StubMemory = stubMemory()): AgentApp {
  let cancel: () => void = () => undefined;
  const cancelled = new Promise<void>((wake) => {
    cancel = wake;
  });
  return agent({ name: "stub" })
    .onRequest(methods.agent.initialize, async ({ params }) => {
      if (script.mute === true) await new Promise(() => undefined);
      memory.capabilities = params.clientCapabilities;
      const authMethods =
        script.login === "by-argument"
          ? [{ id: "t", name: "Terminal", type: "terminal" as const, args: ["--login"] }]
          : [{ id: "a", name: "Account" }];
      return { protocolVersion: script.version ?? params.protocolVersion, authMethods };
    })
    .onRequest(methods.agent.session.new, ({ params }) => {
      if (script.login !== undefined) throw RequestError.authRequired();
      memory.cwd = params.cwd;
      return { sessionId: "stub-1" };
    })
    .onNotification(methods.agent.session.cancel, () => {
      memory.cancelled = true;
      cancel();
    })
    .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
      memory.prompts.push(params.prompt);
      const acting = new StubTurn(client, params.sessionId, memory.cwd, cancelled);
      for (const step of script.steps) await acting.act(step);
      if (!script.steps.some((step) => step.do === "say")) await acting.report();
      return { stopReason: memory.cancelled ? "cancelled" : (script.stopReason ?? "end_turn") };
    });
}

export function stubMemory(): StubMemory {
  return { cwd: "", prompts: [], capabilities: null, cancelled: false };
}

class StubTurn {
  readonly #client: AgentContext;
  readonly #sessionId: string;
  readonly #cwd: string;
  readonly #cancelled: Promise<void>;
  #calls = 0;
  #found = "";

  constructor(client: AgentContext, sessionId: string, cwd: string, cancelled: Promise<void>) {
    this.#client = client;
    this.#sessionId = sessionId;
    this.#cwd = cwd;
    this.#cancelled = cancelled;
  }

  async act(step: StubStep): Promise<void> {
    const sessionId = this.#sessionId;
    switch (step.do) {
      case "say":
        return await this.#say(step.text, step.id);
      case "think":
        return await this.#update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "Hm." } });
      case "plan":
        return await this.#update({
          sessionUpdate: "plan",
          entries: [{ content: step.text, priority: "high", status: "in_progress" }],
        });
      case "call": {
        const locations = step.path === undefined ? [] : [{ path: resolve(this.#cwd, step.path) }];
        return await this.#update({
          sessionUpdate: "tool_call",
          toolCallId: this.#id(),
          kind: step.kind,
          title: step.title,
          locations,
        });
      }
      case "read": {
        const range = { ...(step.line && { line: step.line }), ...(step.limit && { limit: step.limit }) };
        return await this.#tell(async () => {
          const { content } = await this.#client.request(methods.client.fs.readTextFile, {
            sessionId,
            path: step.path,
            ...range,
          });
          return `read ${content}`;
        });
      }
      case "write":
        return await this.#tell(async () => {
          const request = { sessionId: step.session ?? sessionId, path: step.path, content: step.text };
          await this.#client.request(methods.client.fs.writeTextFile, request);
          return `wrote ${step.path}`;
        });
      case "edit": {
        const path = resolve(this.#cwd, step.path);
        const answer = step.asks ? await this.#ask("edit", `Edit ${step.path}`, [path]) : "allow_once";
        try {
          if (answer === "allow_once") writeFileSync(path, step.text);
        } catch (error) {
          return this.#find(`edit failed: ${error instanceof Error ? error.message : String(error)}. `);
        }
        return this.#find(`edit ${answer}. `);
      }
      case "ask":
        return this.#find(`${step.kind} ${await this.#ask(step.kind, step.title, step.paths, step.options)}. `);
      case "look":
        try {
          return this.#find(`saw ${readFileSync(step.path, "utf8")}. `);
        } catch {
          return this.#find("saw nothing. ");
        }
      case "link":
        return symlinkSync(step.target, resolve(this.#cwd, step.path));
      case "check":
        return await this.#tell(async () => {
          await using terminal = await this.#client.createTerminal({
            sessionId,
            command: step.command,
            args: [...step.args],
          });
          const { exitCode } = await terminal.waitForExit();
          const { output } = await terminal.currentOutput();
          return `exit ${exitCode}: ${output}`;
        });
      case "unknown-update":
        return await this.#client.notify("session/update", {
          sessionId,
          update: { sessionUpdate: "hologram", depth: 3 },
        });
      case "unknown-request":
        return await this.#tell(async () => JSON.stringify(await this.#client.request("screen/burn", {})));
      case "wait-for-cancel":
        return await this.#cancelled;
      case "hang":
        return await new Promise(() => undefined);
      case "chatter":
        for (let n = 0; ; n += 1) {
          await this.#say(`${n} `);
          await new Promise((resolve) => setImmediate(resolve));
        }
      case "step-for-ever":
        for (let n = 0; ; n += 1) {
          await this.act({ do: "call", kind: "read", title: `Read ${n}`, path: `${n}.txt` });
          await new Promise((resolve) => setImmediate(resolve));
        }
      case "fail":
        throw new RequestError(-32_603, step.message);
      case "die":
        process.stderr.write(step.words, () => process.exit(9));
        return await new Promise(() => undefined);
    }
  }

  /** Says what came of its steps, in one message. */
  async report(): Promise<void> {
    if (this.#found !== "") await this.#say(this.#found);
  }

  #find(text: string): void {
    this.#found += text;
  }

  #id(): string {
    this.#calls += 1;
    return `call-${this.#calls}`;
  }

  async #tell(work: () => Promise<string>): Promise<void> {
    try {
      this.#find(await work());
    } catch (error) {
      this.#find(`refused: ${error instanceof Error ? error.message : String(error)} `);
    }
  }

  async #say(text: string, messageId?: string): Promise<void> {
    const content = { type: "text" as const, text };
    await this.#update({
      sessionUpdate: "agent_message_chunk",
      content,
      ...(messageId === undefined ? {} : { messageId }),
    });
  }

  async #update(update: SessionUpdate): Promise<void> {
    await this.#client.notify(methods.client.session.update, { sessionId: this.#sessionId, update });
  }

  async #ask(
    kind: ToolKind,
    title: string,
    paths: readonly string[],
    kinds: readonly string[] = everyKind,
  ): Promise<string> {
    const request: RequestPermissionRequest = {
      sessionId: this.#sessionId,
      toolCall: { toolCallId: this.#id(), kind, title, locations: paths.map((path) => ({ path })) },
      options: everyKind.filter((name) => kinds.includes(name)).map((name) => ({ optionId: name, name, kind: name })),
    };
    const { outcome } = await this.#client.request(methods.client.session.requestPermission, request);
    return outcome.outcome === "selected" ? String(outcome.optionId) : outcome.outcome;
  }
}

const everyKind = ["allow_always", "allow_once", "reject_always", "reject_once"] as const;
