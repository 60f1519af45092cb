import { lstat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { type AgentContext, methods, RequestError, type SessionUpdate } from "@agentclientprotocol/sdk";
import type { CheckOutcome } from "../coding-agent.ts";

/** What the other end of the connection does for one prompt of a session. */
export class CoderDesk {
  readonly #client: AgentContext;
  readonly #sessionId: string;
  readonly #folder: string;

  constructor(client: AgentContext, { sessionId, folder }: { readonly sessionId: string; readonly folder: string }) {
    this.#client = client;
    this.#sessionId = sessionId;
    this.#folder = folder;
  }

  tell(update: SessionUpdate): Promise<void> {
    return this.#client.notify(methods.client.session.update, { sessionId: this.#sessionId, update });
  }

  /** As the protocol wants it. Where it leads is for the client to judge. */
  absolute(path: string): string {
    return resolve(this.#folder, path);
  }

  /** Relative to the folder, with "/"; a path that leads out of it stays as it is. */
  shown(path: string): string {
    const inner = relative(this.#folder, this.absolute(path));
    return inner === "" || inner === ".." || inner.startsWith(`..${sep}`) ? path : inner.split(sep).join("/");
  }

  /** @throws RequestError, with a sentence: it may not be read */
  async read(path: string, range: { readonly fromLine: number; readonly lines: number } | null, signal: AbortSignal) {
    const place = { sessionId: this.#sessionId, path: this.absolute(path) };
    const lines = range === null ? {} : { line: range.fromLine, limit: range.lines };
    const answer = await this.#client.request(methods.client.fs.readTextFile, { ...place, ...lines }, waiting(signal));
    return answer.content;
  }

  /**
   * The text of a file that is about to be changed; null when there is none yet.
   * @throws RequestError, with a sentence: it is there and may not be read
   */
  async readOld(path: string, signal: AbortSignal): Promise<string | null> {
    try {
      return await this.read(path, null, signal);
    } catch (error) {
      // The protocol has no word of its own for "not there", and what is there must not be taken for new.
      if (error instanceof RequestError && !(await isThere(join(this.#folder, this.shown(path))))) return null;
      throw error;
    }
  }

  /** @throws RequestError, with a sentence: it may not be written */
  async write(path: string, text: string, signal: AbortSignal): Promise<void> {
    const file = { sessionId: this.#sessionId, path: this.absolute(path), content: text };
    await this.#client.request(methods.client.fs.writeTextFile, file, waiting(signal));
  }

  /** Runs a configured check. Its end without an exit code means that it was not run. */
  async check(name: string, signal: AbortSignal): Promise<CheckOutcome> {
    const sessionId = this.#sessionId;
    try {
      const order = { sessionId, command: "check", args: [name] };
      const terminal = await this.#client.createTerminal(order, waiting(signal));
      // Releasing it also kills what runs in it. Nobody waits for that: the client may be gone.
      using _released = { [Symbol.dispose]: () => void terminal.release().catch(() => undefined) };
      const { waitForExit, output } = methods.client.terminal;
      const { id } = terminal;
      const exit = await this.#client.request(waitForExit, { sessionId, terminalId: id }, waiting(signal));
      const said = await this.#client.request(output, { sessionId, terminalId: id }, waiting(signal));
      const exitCode = exit.exitCode ?? null;
      if (exitCode === null) return { ran: false, name, why: said.output };
      return { ran: true, name, passed: exitCode === 0, output: said.output };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RequestError) return { ran: false, name, why: error.message };
      throw error;
    }
  }
}

/** An abort ends the waiting at once, whatever the other end does. */
function waiting(signal: AbortSignal): {
  readonly cancellationSignal: AbortSignal;
  readonly stopWaitingOnCancel: true;
} {
  return { cancellationSignal: signal, stopWaitingOnCancel: true };
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch {
    return false;
  }
}
