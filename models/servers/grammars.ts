import type { Llama, LlamaGrammar, LlamaGrammarEvaluationState, LlamaModel, Token } from "node-llama-cpp";
import { ModelError } from "../errors.ts";
import { jsonSchemaGrammar } from "./json-schema-grammar.ts";

/** Where one generation stands in its grammar. */
export interface GrammarState {
  allows(token: Token): boolean;
  accept(token: Token): void;
}

type NewState = (options: { model: LlamaModel; grammar: LlamaGrammar }) => LlamaGrammarEvaluationState;

const kept = 32;

/** Compiled grammars by their text, the last few kept. */
export class Grammars {
  readonly #llama: Llama;
  readonly #model: LlamaModel;
  readonly #newState: NewState;
  readonly #compiled = new Map<string, LlamaGrammar>();

  constructor(llama: Llama, model: LlamaModel, newState: NewState) {
    this.#llama = llama;
    this.#model = model;
    this.#newState = newState;
  }

  /** @throws ModelError `engine-failed` when llama.cpp does not understand it. */
  async start(source: {
    readonly grammar?: string | undefined;
    readonly jsonSchema?: Readonly<Record<string, unknown>> | undefined;
  }): Promise<GrammarState | undefined> {
    if (source.grammar === undefined && source.jsonSchema === undefined) return undefined;
    if (source.grammar !== undefined && source.jsonSchema !== undefined) {
      throw new ModelError("engine-failed", "A request may have a grammar or a JSON schema, not both");
    }
    const text = source.grammar ?? jsonSchemaGrammar(source.jsonSchema ?? {});
    const grammar = this.#compiled.get(text) ?? (await this.#compile(text));
    this.#compiled.delete(text);
    this.#compiled.set(text, grammar);
    for (const oldest of this.#compiled.keys()) {
      if (this.#compiled.size <= kept) break;
      this.#compiled.delete(oldest);
    }
    return stateOf(this.#llama, this.#newState({ model: this.#model, grammar }));
  }

  async #compile(grammar: string): Promise<LlamaGrammar> {
    try {
      return await this.#llama.createGrammar({ grammar });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ModelError("engine-failed", `The grammar cannot be used: ${why}`, { cause: error });
    }
  }
}

/**
 * node-llama-cpp applies a grammar only inside its own sampler, which hides what the model would have said without it.
 * Its native side can also be asked token by token; that part has no public name, so it is looked up here and only here.
 */
function stateOf(llama: Llama, state: LlamaGrammarEvaluationState): GrammarState {
  const sampler: unknown = property(property(llama, "_bindings"), "AddonSampler");
  const native: unknown = property(state, "_state");
  const allows: unknown = property(sampler, "canBeNextTokenForGrammarEvaluationState");
  const accept: unknown = property(sampler, "acceptGrammarEvaluationStateToken");
  if (typeof allows !== "function" || typeof accept !== "function") {
    throw new ModelError("engine-failed", "This version of node-llama-cpp cannot be asked about grammars");
  }
  return {
    allows: (token) => Reflect.apply(allows, sampler, [native, token]) === true,
    accept: (token) => {
      Reflect.apply(accept, sampler, [native, token]);
    },
  };
}

function property(of: unknown, name: string): unknown {
  return (typeof of === "object" && of !== null) || typeof of === "function" ? Reflect.get(of, name) : undefined;
}
