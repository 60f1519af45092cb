import type { Item } from "../realtime/items.ts";
import type { WordTime } from "../word-times.ts";

/** One clause of a spoken answer and where its sound lies in the item, in 16 kHz samples. */
export interface SaidClause {
  readonly shown: string;
  readonly firstSample: number;
  /** Of the whole clause, also when only some of it was sent. */
  readonly samples: number;
  /** When its first words are heard, counted from its own first sample. */
  readonly words?: readonly WordTime[];
}

/** An item and, for a spoken answer, what became of its sound. */
export interface ItemRecord {
  readonly item: Item;
  readonly said?: {
    readonly clauses: readonly SaidClause[];
    /** Samples per second of the format it was sent in, in which clients count what they played. */
    readonly wireRateHz: number;
    /** Samples handed to the client, as 16 kHz. */
    readonly sentSamples: number;
    /** What the listener heard of it when it was cut short; null when it was heard to its end. */
    readonly heardSamples: number | null;
  };
}

export type ItemList = readonly ItemRecord[];

export function findItem(items: ItemList, id: string): ItemRecord | undefined {
  return items.find((record) => record.item.id === id);
}

/** The id of the item before this one; null for the first. */
export function previousId(items: ItemList, id: string): string | null {
  const index = items.findIndex((record) => record.item.id === id);
  return items[index - 1]?.item.id ?? null;
}

/**
 * Puts an item behind `after`: an id, `"root"` for the front, undefined for the end.
 * @returns undefined when there is no such item.
 */
export function insertItem(items: ItemList, item: Item, after: string | undefined): ItemList | undefined {
  if (after === undefined) return [...items, { item }];
  if (after === "root") return [{ item }, ...items];
  const index = items.findIndex((record) => record.item.id === after);
  return index === -1 ? undefined : items.toSpliced(index + 1, 0, { item });
}

export function replaceItem(items: ItemList, id: string, change: (record: ItemRecord) => ItemRecord): ItemList {
  return items.map((record) => (record.item.id === id ? change(record) : record));
}

export function removeItem(items: ItemList, id: string): ItemList {
  return items.filter((record) => record.item.id !== id);
}
