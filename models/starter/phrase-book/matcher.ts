import { politeAfter, politeBefore, intents as wholeBook } from "./book.ts";
import type { Intent } from "./intent.ts";
import { normalise } from "./normalise.ts";
import { slotValues } from "./slot-values.ts";
import { expandTemplate } from "./template.ts";

/** Finds out whether a text is, word for word, in the phrase book. */
export interface Matcher {
  /** The intent that the whole text asks for, or null. */
  match(text: string): Intent | null;
  /** Whether more words could turn the text into one of the book; true for the empty text and for a whole sentence that may go on. */
  isPrefix(text: string): boolean;
}

interface Node {
  readonly words: Map<string, Node>;
  readonly slots: Map<string, Node>;
  intent: Intent | null;
}

/** Inside a slot's value `back` is where the sentence goes on. */
interface Place {
  readonly node: Node;
  readonly back: Node | null;
  /** A polite word has been taken, before or after. */
  readonly polite: boolean;
}

const normalised = new Map<string, readonly string[]>();

/**
 * @param without leaves held-out wordings out of the book, to measure a model on what the matcher does not know.
 * @param slots what may stand in the wordings' slots.
 */
export function createMatcher(
  intents: readonly Intent[],
  without?: "heldOut",
  slots: Readonly<Record<string, readonly string[]>> = slotValues,
): Matcher {
  const root = emptyNode();
  for (const intent of intents) {
    for (const template of without === undefined ? [...intent.wordings, ...intent.heldOut] : intent.wordings) {
      for (const wording of expandTemplate(template)) add(root, wording, intent);
    }
  }
  const slotRoots = new Map(Object.entries(slots).map(([slot, values]) => [slot, wordTree(values)]));

  function enter(place: Place): Place[] {
    const places = [place];
    if (place.back !== null && place.node.words.size === 0) places.length = 0;
    for (const [slot, back] of place.back === null ? place.node.slots : []) {
      const inside = slotRoots.get(slot);
      if (inside !== undefined) places.push({ node: inside, back, polite: place.polite });
    }
    return places;
  }
  function walk(words: readonly string[]): Place[] {
    let places = enter({ node: root, back: null, polite: false });
    for (const [index, word] of words.entries()) {
      const next: Place[] = [];
      if (index === 0 && politeBefore.includes(word)) next.push(...enter({ node: root, back: null, polite: true }));
      for (const place of places) {
        const step = place.node.words.get(word);
        if (step !== undefined) {
          next.push(...enter({ ...place, node: step }));
          if (place.back !== null && step.intent !== null)
            next.push(...enter({ node: place.back, back: null, polite: place.polite }));
        }
        if (
          index === words.length - 1 &&
          place.back === null &&
          place.node.intent?.polite === true &&
          politeAfter.includes(word)
        ) {
          next.push({ node: place.node, back: null, polite: true });
        }
      }
      places = next;
    }
    return places;
  }
  return {
    match(text) {
      const places = walk(normalise(text).split(" "));
      const ends = places.filter(
        ({ node, back, polite }) => back === null && node.intent !== null && (!polite || node.intent.polite),
      );
      // A sentence in the book word for word goes before the same words read as a polite addition ("okay" + "stop").
      return (ends.find(({ polite }) => !polite) ?? ends[0])?.node.intent ?? null;
    },
    isPrefix: (text) => text.trim() === "" || walk(normalise(text).split(" ")).length > 0,
  };
}

/** Knows every wording of the phrase book. */
export const matcher: Matcher = createMatcher(wholeBook);

function emptyNode(): Node {
  return { words: new Map(), slots: new Map(), intent: null };
}

function add(root: Node, wording: string, intent: Intent): void {
  let node = root;
  for (const token of wording.split(" ").flatMap((word) => (word.startsWith("<") ? [word] : normalWords(word)))) {
    const [branch, key] = token.startsWith("<") ? [node.slots, token.slice(1, -1)] : [node.words, token];
    const next = branch.get(key) ?? emptyNode();
    branch.set(key, next);
    node = next;
  }
  node.intent ??= intent;
}

/** A book has few words and says them often. */
function normalWords(word: string): readonly string[] {
  const known = normalised.get(word) ?? normalise(word).split(" ");
  normalised.set(word, known);
  return known;
}

/** Marks the end of a value with any intent: only whether there is one matters. */
function wordTree(values: readonly string[]): Node {
  const root = emptyNode();
  const [end] = wholeBook;
  for (const value of values) if (end !== undefined) add(root, value, end);
  return root;
}
