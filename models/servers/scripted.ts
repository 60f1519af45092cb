import type { Clock } from "../clock.ts";
import { ModelError } from "../errors.ts";
import type { ReplyPart, ReplyRequest, Writer } from "../roles.ts";
import type { Completion, GeneratedPart, GenerateRequest, GenerationStats } from "./server.ts";
import { createTextAssembler } from "./text-assembler.ts";
import { untilAborted } from "./until-aborted.ts";

/** One token of a script. */
export interface ScriptedToken {
  readonly text: string;
  /** 1 unless said otherwise. */
  readonly probability?: number;
  /** Time the model takes for it. */
  readonly afterMs?: number;
}

/** A language model whose every token is written down; it keeps the promises that a real one keeps. A word of the prompt is a token. */
export class ScriptedCompletion implements Completion {
  readonly #script: (request: GenerateRequest) => readonly ScriptedToken[];
  readonly #clock: Clock;

  constructor(script: (request: GenerateRequest) => readonly ScriptedToken[], clock: Clock) {
    this.#script = script;
    this.#clock = clock;
  }

  async *generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<GeneratedPart, void, void> {
    signal.throwIfAborted();
    if (request.prompt.every((piece) => piece.text === ""))
      throw new ModelError("engine-failed", "The prompt is empty");
    const ready: GeneratedPart[] = [];
    const assembler = createTextAssembler<string>({
      detokenize: (tokens) => tokens.join(""),
      before: [],
      stop: request.stop,
      emit: (part) => ready.push(part),
    });
    const { sequence, prompt, maxTokens } = request;
    const promptTokens = prompt.reduce((all, piece) => all + (piece.text.match(/\s*\S+/g) ?? []).length, 0);
    let generatedTokens = 0;
    const ended = (stopReason: GenerationStats["stopReason"]): void =>
      request.onEnd?.({ sequence, promptTokens, cachedTokens: 0, generatedTokens, stopReason });
    for (const token of this.#script(request).slice(0, maxTokens)) {
      if (token.afterMs !== undefined) await this.#clock.sleep(token.afterMs, signal);
      generatedTokens += 1;
      const stopped = assembler.push(token.text, token.probability ?? 1);
      for (const part of ready.splice(0)) {
        signal.throwIfAborted();
        yield part;
      }
      signal.throwIfAborted();
      if (stopped) return ended("stop");
    }
    assembler.end();
    yield* ready;
    ended(generatedTokens === maxTokens ? "length" : "end");
  }
}

/** A writer that answers as it is told; `requests` keeps what it was asked. */
export class ScriptedWriter implements Writer {
  readonly requests: ReplyRequest[] = [];
  readonly #script: (request: ReplyRequest, signal: AbortSignal) => Iterable<ReplyPart> | AsyncIterable<ReplyPart>;

  constructor(script: (request: ReplyRequest, signal: AbortSignal) => Iterable<ReplyPart> | AsyncIterable<ReplyPart>) {
    this.#script = script;
  }

  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void, void> {
    this.requests.push(request);
    signal.throwIfAborted();
    const script = this.#script(request, signal);
    const parts = Symbol.asyncIterator in script ? script[Symbol.asyncIterator]() : script[Symbol.iterator]();
    for (;;) {
      // A script may wait for ever; an abort must get through all the same.
      const next = await untilAborted(Promise.resolve(parts.next()), signal);
      if (next.done) return;
      signal.throwIfAborted();
      yield next.value;
    }
  }
}
