/** When a question goes to a heavy model rather than to the voice. */
export interface RouteRules {
  /** Whether coding tasks are recognised by their words. */
  readonly coding: boolean;
  /** "Ask the director …" is done as asked. */
  readonly asked: boolean;
  /** First words of tasks that are the director's: "plan", "compare", … */
  readonly tasks: readonly string[];
  /** Questions at least so hard, 0 to 1, are the director's; above 1 none is. */
  readonly hardFrom: number;
  /**
   * Whether the voice itself passes on what is too hard for it, by calling a function: `on` offers that to any voice, `auto` to the
   * starter, which has learnt when, `off` to none.
   */
  readonly fallback: "auto" | "on" | "off";
}

export type Route =
  | { readonly to: "voice" }
  | { readonly to: "coder"; readonly why: "asked" | "task" }
  | { readonly to: "director"; readonly why: "asked" | "task" | "complexity" };

const bigger = "(?:the |a |your )?(?:director|big model|bigger model|heavy model|smart model|larger model)";
const asking = new RegExp(
  `^(?:(?:please|hey|okay|ok|so|well|can|could|would|will|you|i want to|i would like to|let me|let us) )*(?:` +
    `(?:ask|tell|let|have|get|call|use|try|consult|wake up) ${bigger}|` +
    `(?:talk|speak) (?:to|with) ${bigger}|` +
    `(?:give|pass|send|forward|hand) (?:it|this|that|my question|the question) (?:on |over )?to ${bigger}|` +
    `what (?:does|would) ${bigger} (?:think|say|do)|` +
    `(?:a )?question for ${bigger}|` +
    `(?:hey |dear |hello |okay )?director (?:please |what |why |how |help |explain |tell ))`,
);

const politely =
  "^(?:(?:please|hey|okay|ok|so|well|now|can|could|would|will|you|i want you to|i would like you to|let us|i need you to) )*";
const askingCoder = new RegExp(
  `${politely}(?:(?:ask|tell|let|have|get|use) (?:the |a |your )?coder\\b|` +
    "(?:give|pass|send|forward|hand) (?:it|this|that) (?:on |over )?to (?:the |a |your )?coder\\b)",
);
/** A deed, and a thing that only a coder makes. */
const codingTask = new RegExp(
  `${politely}(?:create|write|make|build|add|implement|generate|code|program|fix|refactor|rename|document) (?:me |us )?` +
    "(?:[a-z']+ ){0,7}(?:script|program|function|class|module|unit tests?|tests?|test cases?|bug|source code|source file)\\b",
);

/** Who answers. Decided in code from the user's words alone, so that it costs nothing and is the same every time. */
export function route(text: string, rules: RouteRules): Route {
  const words = plainWords(text);
  if (rules.coding && askingCoder.test(words.join(" "))) return { to: "coder", why: "asked" };
  if (rules.coding && codingTask.test(words.join(" "))) return { to: "coder", why: "task" };
  if (rules.asked && asking.test(words.join(" "))) return { to: "director", why: "asked" };
  const task = words.find((word) => !fillers.has(word));
  if (task !== undefined && rules.tasks.includes(task)) return { to: "director", why: "task" };
  return complexity(text) >= rules.hardFrom ? { to: "director", why: "complexity" } : { to: "voice" };
}

const fillers = new Set("please can could would will you me us hey okay ok so well i want to let".split(" "));
/** Words of questions that need more than recall. */
const reasoning = new Set(
  "why how explain compare plan prove derive design analyse analyze evaluate summarise summarize consequences tradeoff versus difference between strategy steps argue".split(
    " ",
  ),
);
const joints = new Set("and but because although while whereas if unless then so which given assuming".split(" "));

/**
 * How hard a question looks, 0 to 1: its length, how many thoughts it joins, and words that ask for reasoning. A rule of thumb of
 * ours: 40 words, 4 joints or 3 reasoning words are each as hard as it gets.
 */
export function complexity(text: string): number {
  const words = plainWords(text);
  const share = (count: number, most: number): number => Math.min(1, count / most);
  const count = (set: ReadonlySet<string>): number => words.filter((word) => set.has(word)).length;
  return Math.min(1, 0.5 * share(words.length, 40) + 0.25 * share(count(joints), 4) + 0.5 * share(count(reasoning), 3));
}

function plainWords(text: string): string[] {
  return text.toLowerCase().match(/[a-z']+/g) ?? [];
}
