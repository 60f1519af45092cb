import type { LoadRequest, ModelFacts, ServerCapabilities } from "../model-server.ts";
import type { ChatBody } from "./chat-request.ts";

/** A model that the server has in memory, or is about to. */
export interface Resident {
  readonly model: string;
  /** What the server calls this one: LM Studio may have a model twice. */
  readonly id: string;
  /** `ready` may be asked; `asleep` is listed, but its memory was given back. */
  readonly state: "loading" | "ready" | "asleep";
  /** Changes when it was loaded again with something else. */
  readonly mark: string;
  readonly blob: string | undefined;
  readonly contextTokens: number | undefined;
}

/** How one kind of server is asked about its memory. It decides nothing: `OpenAiServer` does. */
export interface Keeper {
  readonly capabilities: ServerCapabilities;
  installed(signal: AbortSignal): Promise<readonly string[]>;
  /** @throws ModelError `not-installed`. */
  facts(model: string, signal: AbortSignal): Promise<ModelFacts>;
  /** All that is in memory or on its way there. */
  residents(signal: AbortSignal): Promise<readonly Resident[]>;
  /** Resolves when it is ready. After a rejection, `release` is called for what is there of it. */
  load(request: LoadRequest, signal: AbortSignal): Promise<Resident>;
  /** Asks the server to give a model's memory back; that may take a while after this resolves. */
  release(resident: Resident, signal: AbortSignal): Promise<void>;
  /** Where and how a loaded model is talked to. */
  chat(resident: Resident, pinned: boolean): ChatRoute;
}

export interface ChatRoute {
  readonly model: string;
  readonly path: string;
  readonly extra: ChatBody;
}

export const chatPath = "/v1/chat/completions";
