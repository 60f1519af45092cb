import type { ReplyRequest } from "../../models/roles.ts";
import type { LoadOptions, LossCause, ModelServer, ServerCapabilities } from "../../models/servers/model-server.ts";

/** A fresh server, and what can be done to it behind its back. */
export interface ServerUnderTest {
  readonly server: ModelServer;
  /** Bytes held for models now, by any figure that is not the server's own word; undefined when nothing can tell. */
  readonly heldBytes?: () => number | Promise<number>;
  /** Takes a loaded model away without our asking for it. Required when the spec has `loss`. */
  readonly lose?: (model: string) => void | Promise<void>;
  /** Makes loads take until they are given up. Required when the spec has `slowLoads`. */
  readonly holdLoads?: () => void | Promise<void>;
  /** Ends the program that serves. Required when the spec has `mayGoDown`. */
  readonly goDown?: () => void | Promise<void>;
  /** Disposes of the server too. */
  readonly close: () => Promise<void>;
}

/** What the suite has to know before a server is opened. Parts left out are impossible for this kind of server. */
export interface ServerSpec {
  readonly open: () => Promise<ServerUnderTest>;
  readonly capabilities: ServerCapabilities;
  /** An installed model, named as the server lists it; a `fixed` server has it loaded already. */
  readonly model: string;
  /** Another one with other weights, which fits beside the first. */
  readonly otherModel?: string;
  /** Of a `fixed` server: what it knows and does not serve. */
  readonly notServed?: string;
  /** A model that is not installed, and what an error about it must say. */
  readonly missing: { readonly model: string; readonly howToGet: RegExp };
  readonly options: LoadOptions;
  /** Answered with at least eight parts by each model. */
  readonly longAnswer: ReplyRequest;
  /** Answered with one call by `model`. */
  readonly toolCall?: { readonly request: ReplyRequest; readonly name: string; readonly arguments: unknown };
  /** What `lose` is reported as. */
  readonly loss?: LossCause;
  readonly slowLoads?: true;
  readonly mayGoDown?: true;
  /** Of one test; loading a real model takes a while. */
  readonly timeoutMs?: number;
}
