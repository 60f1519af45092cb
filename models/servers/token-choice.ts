/** The likeliest next tokens, best first, and Σ exp(logit − best logit) over the whole vocabulary. */
export interface Candidates<T> {
  readonly best: readonly (readonly [T, number])[];
  readonly weight: number;
}

export interface ChoiceRules<T> {
  /** 0 takes the best. */
  readonly temperature: number;
  /** What the grammar lets follow. */
  readonly allows: (token: T) => boolean;
  /** 0 up to but not including 1. */
  readonly random: () => number;
}

/** Tokens a drawn choice is made among, and the share of probability they need to cover at most. */
const drawnAmong = 40;
const drawnShare = 0.95;

/** The next token with the probability that the model gave it before any rule; undefined when no candidate is allowed. */
export function chooseToken<T>(
  candidates: Candidates<T>,
  rules: ChoiceRules<T>,
): { readonly token: T; readonly probability: number } | undefined {
  const top = candidates.best[0]?.[1] ?? 0;
  const probability = (logit: number): number => Math.exp(logit - top) / candidates.weight;
  if (rules.temperature <= 0) {
    const first = candidates.best.find(([token]) => rules.allows(token));
    return first === undefined ? undefined : { token: first[0], probability: probability(first[1]) };
  }
  const choices: { readonly token: T; readonly logit: number; readonly weight: number }[] = [];
  let bestAllowed: number | undefined;
  for (const [token, logit] of candidates.best) {
    if (!rules.allows(token)) continue;
    bestAllowed ??= logit;
    choices.push({ token, logit, weight: Math.exp((logit - bestAllowed) / rules.temperature) });
    if (choices.length === drawnAmong) break;
  }
  const total = choices.reduce((sum, choice) => sum + choice.weight, 0);
  let covered = 0;
  const nucleus = choices.filter((choice) => {
    const wanted = covered < total * drawnShare;
    covered += choice.weight;
    return wanted;
  });
  let point = rules.random() * nucleus.reduce((sum, choice) => sum + choice.weight, 0);
  for (const choice of nucleus) {
    point -= choice.weight;
    if (point < 0 || choice === nucleus.at(-1)) {
      return { token: choice.token, probability: probability(choice.logit) };
    }
  }
  return undefined;
}
