import type { InstalledModel } from "./residency/installed-model.ts";
import type { MemoryBooks } from "./residency/memory-books.ts";
import type { Model } from "./residency/residency-state.ts";
import type { ModelFacts } from "./servers/model-server.ts";

interface Loadable {
  readonly installed: InstalledModel;
  readonly facts: ModelFacts;
}

const never = new AbortController().signal;

/** How long loads will take. A first guess knows nothing of how busy the machine is; the first load that is timed tells it of all others. */
export class LoadExpectations {
  readonly #books: Pick<MemoryBooks, "predictLoadMs">;
  readonly #timed = new Set<string>();

  constructor(books: Pick<MemoryBooks, "predictLoadMs">) {
    this.#books = books;
  }

  /** Milliseconds by model, for those of the same server that were never loaded in this run, now that one was. */
  async afterLoad({ installed }: Loadable, all: readonly Loadable[]): Promise<ReadonlyMap<string, number>> {
    const { id, server } = installed.model;
    this.#timed.add(id);
    const others = all.filter(({ installed: { model } }) => model.server === server && !this.#timed.has(model.id));
    const expected = others.map(
      async ({ installed: { model }, facts }) => [model.id, await this.#books.predictLoadMs(facts, never)] as const,
    );
    return new Map(await Promise.all(expected));
  }
}

/** The models as they are known by now, with other expectations for some. */
export function expecting(
  installed: readonly InstalledModel[],
  known: readonly Model[],
  expectedMs: ReadonlyMap<string, number>,
): readonly InstalledModel[] {
  return installed.map((it) => {
    const model = known.find(({ id }) => id === it.model.id) ?? it.model;
    const loadMs = expectedMs.get(model.id);
    if (loadMs === undefined) return { ...it, model };
    return { ...it, model: { ...model, ladder: model.ladder.map((rung) => ({ ...rung, loadMs })) } };
  });
}
