import type { ReplyEnd } from "../roles.ts";
import type { GenerateRequest, GenerationStats } from "./server.ts";

/** Adds up what the generations behind one answer cost. */
export class AnswerCost {
  readonly #ended: GenerationStats[] = [];
  #begun = 0;

  /** What to add to the request of one generation. */
  count(): Required<Pick<GenerateRequest, "onEnd">> {
    this.#begun += 1;
    return { onEnd: (stats) => this.#ended.push(stats) };
  }

  /** The answer's last part. Of a generation that was left half way nobody knows the cost. */
  end(): ReplyEnd {
    const sum = (of: (stats: GenerationStats) => number): number => this.#ended.reduce((all, one) => all + of(one), 0);
    const last = this.#ended.at(-1)?.stopReason;
    const usage = {
      inputTokens: sum((stats) => stats.promptTokens),
      cachedTokens: sum((stats) => stats.cachedTokens),
      outputTokens: sum((stats) => stats.generatedTokens),
    };
    return {
      type: "end",
      reason: last === "length" || last === "context" ? "length" : "end",
      usage: this.#ended.length < this.#begun ? null : usage,
    };
  }
}
