import { capitals, countriesWithArticle, countryNicknames } from "./countries.ts";
import { normalise } from "./normalise.ts";
import { numberToWords } from "./number-words.ts";

const withArticle = new Set(countriesWithArticle.map(normalise));

/** Country as spoken ("the united states", "france") to country as shown. */
export const spokenCountries: ReadonlyMap<string, string> = new Map([
  ...Object.keys(capitals).flatMap((country): [string, string][] => {
    const plain = normalise(country);
    return withArticle.has(plain)
      ? [
          [`the ${plain}`, country],
          [plain, country],
        ]
      : [[plain, country]];
  }),
  ...Object.entries(countryNicknames),
]);

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/** What may stand in a slot, in normalised spoken form. */
export const slotValues: Readonly<Record<string, readonly string[]>> = {
  country: [...spokenCountries.keys()],
  number: [...Array.from({ length: 101 }, (_, value) => numberToWords(value)), "a hundred"],
  name: words(`
    adam alex alice amy andrew anna anthony ben brian carl carla carol charles chris daniel david diana emily emma eric eva frank
    george grace hannah harry helen henry ian jack james jane jason jenny joe john julia karen kate kevin laura leo linda lisa lucas
    lucy maria mark martin mary max michael mike nancy nick oliver oscar paul peter rachel robert rose ruth sam sandra sarah simon
    sophie steve susan thomas tim tom victor walter`),
  // A yes to a change is one of each, so they are to sound different.
  colour: words("amber blue copper crimson green indigo lavender orange pink purple silver turquoise white yellow"),
  digit: words("one two three four five six seven eight nine"),
  language: ["python", "javascript", "java", "rust", "go", "c", "ruby", "bash", "html"],
  module: words(`
    parser server client player editor printer scanner loader router timer window button menu logger search cache table network
    storage account payment email calendar report image audio video game test file user password message token session settings`),
  program: [
    "hello world",
    "fizz buzz",
    "prime number",
    "calculator",
    "guessing game",
    "to do list",
    "word count",
    "stop watch",
    "temperature converter",
    "password generator",
    "dice roller",
    "quiz",
    "chat",
    "web server",
    "alarm clock",
    "tic tac toe",
    "binary search",
    "bubble sort",
    "shopping list",
    "unit converter",
    "fibonacci",
    "leap year",
    "multiplication table",
    "anagram",
    "caesar cipher",
    "roman numeral",
    "rock paper scissors",
    "coin toss",
    "countdown",
  ],
  topic: [
    "the plan",
    "the project",
    "the design",
    "this project",
    "the code",
    "the tests",
    "the architecture",
    "the next step",
    "the best approach",
    "performance",
    "security",
    "the database",
    "the user interface",
    "the release",
    "the bug",
    "the schedule",
    "his opinion",
    "advice",
    "a second opinion",
    "help",
    "memory",
    "swapping",
    "the slot",
    "pinned models",
    "sticky mode",
    "the journal",
    "the voice model",
    "the coder",
    "the starter models",
    "better models",
    "the graphics card",
    "tokens",
    "privacy",
    "approval",
    "interruptions",
  ],
  word: words(`
    house water people friend family music summer winter garden kitchen window picture doctor teacher school science history language
    computer machine keyboard engine airplane bicycle elephant tiger rabbit chicken banana orange cheese chocolate coffee sugar
    mountain river ocean island forest desert weather thunder rainbow morning evening tomorrow yesterday holiday birthday christmas
    beautiful necessary different important difficult wonderful dangerous separate believe receive remember restaurant business government
    knowledge rhythm library february wednesday address calendar committee embarrass environment exercise foreign guarantee height
    island knife laugh neighbor ocean opinion parliament queue question schedule success surprise vacuum castle bridge village
    hospital medicine dinosaur astronaut universe planet galaxy hello hungry`).filter(
    (word, index, all) => all.indexOf(word) === index,
  ),
};

/** Whether a value is kept out of training, so that the model can be measured on values it has not seen: about one in eight. */
export function isHeldOutValue(slot: string, value: string): boolean {
  let hash = 2166136261;
  for (const character of `${slot}:${value}`) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619) >>> 0;
  return (hash ^ (hash >>> 15)) % 8 === 0;
}
