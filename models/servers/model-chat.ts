import type { LlamaModel, Token } from "node-llama-cpp";
import { ModelError } from "../errors.ts";
import type { ChatPromptParams, ChatStyle } from "./chat-style.ts";
import { ChatTemplate } from "./chat-template.ts";
import type { PieceTokenizer } from "./prompt-tokens.ts";
import type { PromptPiece } from "./server.ts";

/** The chat template of a loaded model, with its vocabulary. */
export class ModelChat {
  readonly #template: ChatTemplate;
  readonly #tokenizer: PieceTokenizer<Token>;
  /** Begins every prompt; templates differ in whether they write it. */
  readonly #start: string;

  /** Undefined without a template that can be used, and where it says no more than ChatML: that we write ourselves. */
  static async of(model: LlamaModel, tokenizer: PieceTokenizer<Token>): Promise<ModelChat | undefined> {
    // Where a file has templates for other work only, they stand here by their names.
    const source: unknown = model.fileInfo.metadata.tokenizer.chat_template;
    if (typeof source !== "string" || isShortChatml(source)) return;
    const bos = model.tokens.bosString ?? "";
    try {
      const template = await ChatTemplate.read(source, { bos, eos: model.tokens.eosString ?? "" });
      if (isNoMoreThanChatml(template)) return;
      return new ModelChat(template, tokenizer, model.tokens.shouldPrependBosToken ? bos : "");
    } catch {
      return;
    }
  }

  private constructor(template: ChatTemplate, tokenizer: PieceTokenizer<Token>, start: string) {
    this.#template = template;
    this.#tokenizer = tokenizer;
    this.#start = start;
  }

  get style(): ChatStyle {
    return this.#template.style;
  }

  /** @throws ModelError `unsupported` when the template cannot write it. */
  prompt(asked: ChatPromptParams): PromptPiece[] {
    let pieces: PromptPiece[];
    try {
      pieces = this.#template.prompt(asked);
    } catch (error) {
      throw new ModelError("unsupported", `The chat template cannot write this: ${String(error)}`, { cause: error });
    }
    const isStarted = this.#start === "" || pieces[0]?.text.startsWith(this.#start) === true;
    const all = isStarted ? pieces : [{ text: this.#start, special: true }, ...pieces];
    // Harmless words are read together with what is around them, as the model has learnt them.
    return all.reduce<PromptPiece[]>((joined, piece) => {
      const special = piece.special || this.#isHarmless(piece.text);
      const last = joined.at(-1);
      if (last?.special === true && special) joined.splice(-1, 1, { text: last.text + piece.text, special });
      else joined.push({ text: piece.text, special });
      return joined;
    }, []);
  }

  #isHarmless(text: string): boolean {
    return !this.#tokenizer.tokenize(text, true).some((token) => this.#tokenizer.structural(token));
  }
}

/** As our own models have it: known without being tried. */
function isShortChatml(source: string): boolean {
  return source.length < 300 && source.includes("<|im_start|>") && !/think|tool|im_sep|raise/.test(source);
}

/** Models that call as Hermes does often have a template that does not tell. */
function isNoMoreThanChatml(template: ChatTemplate): boolean {
  if (template.style.calls !== "none") return false;
  const pieces = template.prompt({ messages: [{ from: "user", text: "?" }], tools: [], thinking: false });
  const text = pieces.map((piece) => piece.text).join("");
  return text.endsWith("<|im_start|>user\n?<|im_end|>\n<|im_start|>assistant\n");
}
