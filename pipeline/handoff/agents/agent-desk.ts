import { type ClientApp, client, methods, RequestError } from "@agentclientprotocol/sdk";
import { childOf, type Scope } from "../../flow/scope.ts";
import type { AgentNews, AgentTask } from "../coding-agent.ts";
import type { LastWords } from "./agent-end.ts";
import { type PermissionRequest, parseUpdate, permissionRequestSchema } from "./agent-messages.ts";
import { type AgentStory, mergeCall, noStory, tellStory } from "./agent-story.ts";
import { serveChecks } from "./check-terminals.ts";
import { serveFiles } from "./gate-files.ts";
import { isInsideCopy } from "./inside-copy.ts";
import type { JobWatch } from "./job-watch.ts";
import { decidePermission, type PermissionAnswer } from "./permission.ts";

/** All that an agent may ask of us during one job, and all that it tells. */
export class AgentDesk implements AsyncDisposable {
  readonly app: ClientApp;
  readonly #task: AgentTask;
  readonly #onNews: (news: AgentNews) => void;
  readonly #watch: JobWatch;
  readonly #scope: Scope;
  readonly #atWork = new Set<Promise<unknown>>();
  #sessionId: string | null = null;
  #story: AgentStory = noStory;
  #refused: string | null = null;

  constructor(task: AgentTask, onNews: (news: AgentNews) => void, watch: JobWatch, signal: AbortSignal) {
    this.#task = task;
    this.#onNews = onNews;
    this.#watch = watch;
    this.#scope = childOf(signal);
    const app = client({ name: "sotto" }).onRequest(
      methods.client.session.requestPermission,
      permissionRequestSchema,
      ({ params }) => this.#serve(params.sessionId, async () => ({ outcome: await this.#permit(params) })),
    );
    serveFiles(app, task.gate, (sessionId, work) => this.#serve(sessionId, work));
    serveChecks(
      app,
      task,
      (name) => onNews({ type: "checking", name }),
      (sessionId, work) => this.#serve(sessionId, work),
    );
    this.app = app;
  }

  /** The session that the task was given to; every other is unknown here. */
  begin(sessionId: string): void {
    this.#sessionId = sessionId;
  }

  /** @param params of `session/update`, as they came */
  hear(params: unknown): void {
    this.#watch.heard();
    const said = parseUpdate(params);
    if (said === null || said.sessionId !== this.#sessionId || this.#scope.signal.aborted) return;
    if (said.update.sessionUpdate === "tool_call") this.#watch.step();
    if (said.update.sessionUpdate === "agent_message_chunk") this.#refused = null;
    const { story, news } = tellStory(this.#story, said.update, this.#task.gate.folder);
    this.#story = story;
    if (news !== null) this.#onNews(news);
  }

  get lastWords(): LastWords {
    return { message: this.#story.message.text.trim(), refused: this.#refused };
  }

  /** From here on nothing is done for the agent any more, and nothing of what was begun goes on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#scope[Symbol.dispose]();
    await Promise.allSettled(this.#atWork);
  }

  async #serve<T>(sessionId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#watch.heard();
    if (this.#scope.signal.aborted) throw new RequestError(-32_800, "This job is over.");
    if (sessionId !== this.#sessionId) throw RequestError.sessionNotFound(sessionId);
    using _waiting = this.#watch.busy();
    const done = work(this.#scope.signal);
    this.#atWork.add(done);
    try {
      return await done;
    } finally {
      this.#atWork.delete(done);
    }
  }

  async #permit({ toolCall, options }: PermissionRequest): Promise<PermissionAnswer> {
    const folder = this.#task.gate.folder;
    // Some agents tell of a call by asking for it.
    const { story, news } = tellStory(this.#story, { sessionUpdate: "tool_call_update", ...toolCall }, folder);
    this.#story = story;
    const call = story.calls.get(toolCall.toolCallId) ?? mergeCall(undefined, toolCall);
    const inside = await Promise.all(call.paths.map((path) => isInsideCopy(folder, path)));
    const outside = call.paths.filter((_, index) => inside[index] !== true);
    const { answer, refused } = decidePermission({ ...call, outside }, options);
    this.#refused = refused;
    if (refused !== null) this.#onNews({ type: "note", text: refused });
    else if (news !== null) this.#onNews(news);
    return answer;
  }
}
