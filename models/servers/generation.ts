import { randomInt } from "node:crypto";
import type { ControlledEvaluateIndexOutput, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { ModelError } from "../errors.ts";
import type { GrammarState } from "./grammars.ts";
import type { GenerateParams } from "./language-messages.ts";
import type { GeneratedPart, GenerationStats } from "./server.ts";
import { createTextAssembler } from "./text-assembler.ts";
import { type Candidates, chooseToken } from "./token-choice.ts";
import type { Turns } from "./turns.ts";

/** Everything one generation works on; nobody else uses the sequence meanwhile. */
export interface Generation {
  readonly model: LlamaModel;
  readonly sequence: LlamaContextSequence;
  /** Steps of sequences that have no context in common: at the same time they would take each other's processor. */
  readonly turns: Turns | undefined;
  readonly tokens: readonly Token[];
  readonly vocabularySize: number;
  readonly grammar: GrammarState | undefined;
  readonly request: GenerateParams;
  readonly emit: (part: GeneratedPart) => void;
  /** Called for each token of the prompt computed and each token made, as it happens. */
  readonly count: (what: "evaluated" | "generated", tokens: number) => void;
  readonly signal: AbortSignal;
}

/** Between two of these the signal is looked at, and other sequences get their turn. */
const promptChunkTokens = 64;
/** Vocabularies up to this size are ranked whole. */
const smallVocabulary = 4_096;
const candidatesWanted = 128;

/** Continues the prompt. However it ends, the sequence knows exactly which tokens its KV cache holds. */
export async function runGeneration(generation: Generation): Promise<GenerationStats> {
  const { model, sequence, tokens, request, signal } = generation;
  const last = tokens.at(-1);
  if (last === undefined) throw new ModelError("engine-failed", "The prompt is empty");
  if (tokens.length >= sequence.contextSize - 1) {
    const most = sequence.contextSize - 2;
    throw new ModelError(
      "engine-failed",
      `The prompt has ${tokens.length} tokens; this model is run with room for ${most}`,
    );
  }
  // The last token is always computed again: its logits are what the first new token is chosen from.
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
  const cachedTokens = sequence.nextTokenIndex;
  for (let at = cachedTokens; at < tokens.length - 1; at += promptChunkTokens) {
    signal.throwIfAborted();
    const chunk = tokens.slice(at, Math.min(at + promptChunkTokens, tokens.length - 1));
    await evaluated(generation, chunk);
    generation.count("evaluated", chunk.length);
  }

  const assembler = createTextAssembler<Token>({
    detokenize: (some, before) => model.detokenize(some, true, before),
    before: tokens.slice(-4),
    stop: request.stop,
    emit: generation.emit,
  });
  let generatedTokens = 0;
  const ended = (stopReason: GenerationStats["stopReason"]): GenerationStats => {
    if (stopReason !== "stop") assembler.end();
    return { sequence: request.sequence, promptTokens: tokens.length, cachedTokens, generatedTokens, stopReason };
  };

  let next = last;
  while (generatedTokens < request.maxTokens) {
    signal.throwIfAborted();
    if (sequence.nextTokenIndex >= sequence.contextSize - 1) return ended("context");
    const chosen = await nextToken(generation, next);
    if (generatedTokens === 0) generation.count("evaluated", 1);
    if (model.isEogToken(chosen.token)) return ended("end");
    generation.grammar?.accept(chosen.token);
    next = chosen.token;
    generatedTokens += 1;
    generation.count("generated", 1);
    // Whoever aborted does not want to hear this one either.
    signal.throwIfAborted();
    if (assembler.push(chosen.token, chosen.probability)) return ended("stop");
  }
  return ended("length");
}

async function nextToken(
  generation: Generation,
  token: Token,
): Promise<{ readonly token: Token; readonly probability: number }> {
  const { grammar, request, sequence, vocabularySize, model } = generation;
  if (grammar === undefined && request.temperature <= 0) {
    const [output] = await evaluated(generation, [[token, { generateNext: { token: true, totalLogitWeight: true } }]]);
    const greedy = output?.next.token;
    // The best token's own weight is exp(0), so its probability needs no logits, and the engine need not sort them.
    if (greedy !== undefined && greedy !== null) {
      return { token: greedy, probability: 1 / (output?.next.totalLogitWeight ?? 1) };
    }
    throw new ModelError("engine-failed", "The model gave no next token");
  }
  const rules = {
    temperature: request.temperature,
    allows: (candidate: Token) => grammar?.allows(candidate) ?? true,
    random: () => randomInt(2 ** 32) / 2 ** 32,
  };
  const ends = [model.tokens.eos, model.tokens.eot].filter((end) => end !== null);
  const few = { filter: { tokens: ends, includeTop: candidatesWanted } };
  const all = vocabularySize <= smallVocabulary;
  const [output] = await evaluated(generation, [
    [token, { generateNext: { token: true, totalLogitWeight: true, logits: all || few } }],
  ]);
  const chosen = chooseToken(candidatesOf(output), rules);
  if (chosen !== undefined) return chosen;
  if (all) throw new ModelError("engine-failed", "The grammar allows no token");
  // Nothing that the grammar allows is among the likely tokens: rank them all, which costs this token twice.
  const at = sequence.nextTokenIndex - 1;
  await sequence.eraseContextTokenRanges([{ start: at, end: at + 1 }]);
  const [whole] = await evaluated(generation, [
    [token, { generateNext: { token: true, totalLogitWeight: true, logits: true } }],
  ]);
  const rare = chooseToken(candidatesOf(whole), rules);
  if (rare === undefined) throw new ModelError("engine-failed", "The grammar allows no token");
  return rare;
}

function evaluated(
  { sequence, turns }: Generation,
  input: Parameters<LlamaContextSequence["controlledEvaluate"]>[0],
): ReturnType<LlamaContextSequence["controlledEvaluate"]> {
  const step = () => sequence.controlledEvaluate(input);
  return turns === undefined ? step() : turns.take(step);
}

function candidatesOf(output: ControlledEvaluateIndexOutput | undefined): Candidates<Token> {
  const best = [...(output?.next.logits ?? [])].sort((a, b) => b[1] - a[1]);
  return { best, weight: output?.next.totalLogitWeight ?? 1 };
}
