import { compileTemplate, type Render } from "./bounded-template.ts";
import type { ChatPromptParams, ChatStyle } from "./chat-style.ts";
import type { PromptPiece } from "./server.ts";
import { tryTemplate } from "./template-trial.ts";
import { plainHabits, type TemplateHabits, templateMessages } from "./template-turns.ts";
import { TemplateWords } from "./template-words.ts";

/** What templates are told of the vocabulary. */
export interface TemplateTokens {
  readonly bos: string;
  readonly eos: string;
}

/** A model's own chat template, tried out: what it can write, and how what comes back is to be read. */
export class ChatTemplate {
  readonly style: ChatStyle;
  readonly #source: string;
  readonly #render: Render;
  readonly #tokens: TemplateTokens;
  readonly #habits: TemplateHabits;
  /** Some look through the tools without asking whether there are any. */
  #noTools: { readonly tools?: readonly [] } = {};

  /** @throws Error when it cannot write even the simplest conversation, or takes too much for it. */
  static async read(source: string, tokens: TemplateTokens): Promise<ChatTemplate> {
    return new ChatTemplate(source, await compileTemplate(source), tokens);
  }

  private constructor(source: string, render: Render, tokens: TemplateTokens) {
    this.#source = source;
    this.#render = render;
    this.#tokens = tokens;
    const write = this.#write.bind(this);
    let tried: ReturnType<typeof tryTemplate>;
    try {
      tried = tryTemplate(write);
    } catch {
      this.#noTools = { tools: [] };
      tried = tryTemplate(write);
    }
    this.#habits = tried.habits;
    const { calls, stop } = tried.style;
    this.style = { calls, stop: [...new Set([...stop, tokens.eos])].filter((text) => text !== "") };
  }

  /** The conversation up to where the model is to speak. @throws Error when the template cannot write it. */
  prompt(asked: ChatPromptParams): PromptPiece[] {
    const shown = this.style.calls === "none" ? { ...asked, tools: [] } : asked;
    let pieces: PromptPiece[];
    try {
      pieces = this.#write(shown, this.#habits, true);
    } catch {
      pieces = this.#write({ ...asked, tools: [] }, plainHabits, true);
    }
    if (this.style.calls === "harmony") return harmonyStart(pieces, !asked.thinking && asked.tools.length === 0);
    return asked.thinking ? pieces : [...pieces, ...this.#thoughtEnd(pieces)];
  }

  #write(asked: ChatPromptParams, habits: TemplateHabits, isAnswering: boolean): PromptPiece[] {
    const words = new TemplateWords();
    const tools = asked.tools.map((tool) => words.inJson({ type: "function", function: tool }));
    const text = this.#render({
      messages: templateMessages(asked.messages, habits, words),
      ...(tools.length === 0 ? this.#noTools : { tools }),
      add_generation_prompt: isAnswering,
      bos_token: this.#tokens.bos,
      eos_token: this.#tokens.eos,
      // Each family has its own word for it.
      enable_thinking: asked.thinking,
      thinking: asked.thinking,
      reasoning_effort: asked.thinking ? "medium" : "low",
    });
    return words.pieces(text);
  }

  /** What must be written for a model that is not to think, where its template cannot be told: that it has thought already. */
  #thoughtEnd(pieces: readonly PromptPiece[]): PromptPiece[] {
    const last = pieces.at(-1);
    const tail = last?.special === true ? last.text : "";
    if (/<think>\s*$/.test(tail)) return [{ text: `${tail.endsWith("\n") ? "" : "\n"}\n</think>\n\n`, special: true }];
    const thinksUnasked = this.#source.includes("</think>") && !/thinking\b/.test(this.#source);
    if (!thinksUnasked || tail.includes("</think>")) return [];
    return [{ text: "<think>\n\n</think>\n\n", special: true }];
  }
}

/** Only where nothing can be called may it be led past its thoughts, to the answer. */
function harmonyStart(pieces: readonly PromptPiece[], isAnswerOnly: boolean): PromptPiece[] {
  const finalStart = "<|channel|>final<|message|>";
  const last = pieces.at(-1);
  const tail =
    last?.special === true && last.text.endsWith(finalStart) ? last.text.slice(0, -finalStart.length) : undefined;
  const open = tail === undefined ? [...pieces] : [...pieces.slice(0, -1), { text: tail, special: true }];
  return isAnswerOnly ? [...open, { text: finalStart, special: true }] : open;
}
