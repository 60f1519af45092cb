import { askedAbout, directorIntents, directorRefusal, directorSlots } from "../director/questions.ts";
import { type JobRecord, jobRecordText, outcomes } from "../director/record.ts";
import { summaries } from "../director/summary.ts";
import { facts } from "../phrase-book/facts.ts";
import { fun } from "../phrase-book/fun.ts";
import type { Intent } from "../phrase-book/intent.ts";
import { createMatcher } from "../phrase-book/matcher.ts";
import { normalise } from "../phrase-book/normalise.ts";
import { nearMisses, outOfDomain } from "../phrase-book/out-of-domain.ts";
import { drawValue, pick, type Random, sampleIntent, sampleTemplate } from "../phrase-book/sample.ts";
import type { TrainingTurn } from "./conversation.ts";
import { withNoise } from "./noise.ts";

const trainedQuestions = createMatcher(directorIntents, "heldOut", directorSlots);
const allQuestions = createMatcher(directorIntents, undefined, directorSlots);

const shares = { unknown: 0.22, record: 0.08, framed: 0.55, cut: 0.9 };
/** The usual ways to ask, about what the director does not know. */
const strangeSubjects = askedAbout([
  "<thing>",
  "the <thing>",
  "<any> <thing>",
  "my <thing>",
  "<person>",
  "<country>",
  "the <thing> {of|in|and|with} {the|my|a|} <thing>",
]);
const strangeQuestions = [
  "{ask|tell|let|have} the director {why|how|what|when|whether|if|who|where} {the|we|i|you|a|it|this|my} {<topic-words>|<thing> <any>|<any> <any>}",
  "{ask the director|what does the director think|does the director know} {why|how|when|who|where} <any> {the|my|a} <thing>",
];
const otherTools = [...facts, ...fun];

/** One question and its answer, or one record and its summary. */
export function directorExchange(random: Random): TrainingTurn[] {
  const chance = random();
  if (chance < shares.record) {
    const record = randomRecord(random);
    return exchange(jobRecordText(record), pick(summaries(record), random));
  }
  if (chance < shares.record + shares.unknown) return cut(exchange(unknown(random), directorRefusal), random);
  const intent = pick(directorIntents, random);
  return "say" in intent.answer ? cut(exchange(askFor(intent, random), intent.answer.say), random) : [];
}

/** Which answer it will be shows in its first words; the rest is soon learnt by heart, and need not be read each time. */
function cut([question, answer]: readonly TrainingTurn[], random: Random): TrainingTurn[] {
  if (question === undefined || answer === undefined) return [];
  if (random() >= shares.cut) return [question, answer];
  const words = answer.text.split(" ").slice(0, 6 + Math.floor(random() * 5));
  return [question, { ...answer, text: words.join(" "), cut: true }];
}

function exchange(user: string, answer: string): TrainingTurn[] {
  return [
    { role: "user", text: user, learn: false },
    { role: "assistant", text: answer, learn: true },
  ];
}

const fill =
  (random: Random) =>
  (slot: string): string => {
    const own = directorSlots[slot];
    return own === undefined ? drawValue(slot, random, "any") : pick(own, random);
  };

function askFor(intent: Intent, random: Random): string {
  const [framed, own] = [true, false].map((wanted) => ({
    ...intent,
    wordings: intent.wordings.filter((wording) => wording.includes("<") === wanted),
  }));
  for (;;) {
    const drawn = random() < shares.framed ? framed : own;
    const from = drawn === framed ? (["wordings", "typed"] as const) : (["wordings"] as const);
    const sentence = sampleIntent(drawn ?? intent, random, { from, politeShare: 0.15, fill: fill(random) });
    const text = withNoise(normalise(sentence), intent.polite, random);
    const known = allQuestions.match(text);
    // A slip may make a held-out wording, or another topic's.
    if (known === null || (known.name === intent.name && trainedQuestions.match(text) !== null)) return text;
  }
}

function unknown(random: Random): string {
  for (;;) {
    const kind = random();
    const text = normalise(
      kind < 0.1
        ? sampleIntent(pick(otherTools, random), random, { from: ["wordings"], politeShare: 0.15, fill: fill(random) })
        : sampleTemplate(
            pick(
              kind < 0.4 ? outOfDomain : kind < 0.5 ? nearMisses : kind < 0.85 ? strangeSubjects : strangeQuestions,
              random,
            ),
            random,
            fill(random),
          ),
    );
    if (allQuestions.match(text) === null) return random() < 0.3 ? withNoise(text, true, random) : text;
  }
}

const endings = ["py", "js", "ts", "sh", "md", "json", "txt", "html", "css", "c", "go", "rs", "test.ts"];
const folders = ["", "", "", "src/", "test/", "lib/", "docs/", "src/app/"];

/** A record as it might be; public to measure with. */
export function randomRecord(random: Random): JobRecord {
  const count = pick([0, 1, 1, 1, 1, 2, 2, 3, 4, 5, 6, 8], random);
  const names = new Set<string>();
  while (names.size < count) names.add(fileName(random));
  const checks =
    random() < 0.25 ? null : { passed: number(random, 40), failed: random() < 0.6 ? 0 : number(random, 9) };
  return {
    task: task(random),
    files: [...names].map((name) => ({
      name,
      added: random() < 0.1 ? 0 : number(random, random() < 0.7 ? 40 : 400),
      removed: random() < 0.4 ? 0 : number(random, 60),
    })),
    checks,
    outcome: pick(outcomes, random),
  };
}

function number(random: Random, under: number): number {
  return Math.floor(random() * under);
}

function fileName(random: Random): string {
  const word = (): string => pick(["module", "module", "program", "thing", "any"], random);
  const part = (): string => drawValue(word(), random, "any").replace(/\s+/g, "_");
  const stem = random() < 0.6 ? part() : `${part()}${pick(["_", "-"], random)}${part()}`;
  return `${pick(folders, random)}${stem}.${pick(endings, random)}`;
}

function task(random: Random): string {
  return sampleTemplate(
    pick(
      [
        "{create|write|make} a <program> {script|program|} {in <language>|}",
        "{add|write} {tests|unit tests} for the <module> module",
        "fix the <module> {module|bug|}",
        "{refactor|rename|document|update} the <module> {module|class}",
        "write a read me",
      ],
      random,
    ),
    random,
    fill(random),
  );
}
