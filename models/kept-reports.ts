import type { InstalledModel } from "./residency/installed-model.ts";
import type { MemoryBooks } from "./residency/memory-books.ts";
import type { Report } from "./residency/report.ts";
import type { ModelFacts } from "./servers/model-server.ts";

/** A model, and what was known of its file when its last load began. */
export interface KeptModel {
  readonly installed: InstalledModel;
  readonly facts: ModelFacts;
  cachedShare: number;
}

export interface KeepOptions {
  readonly books: Pick<MemoryBooks, "cachedShare" | "remember" | "journal" | "isClosed">;
  readonly all: readonly KeptModel[];
  /** What a load took was remembered. */
  readonly onTimed: (loaded: KeptModel) => Promise<void>;
  readonly log: (line: string) => void;
}

const never = new AbortController().signal;

/** Into the journal, with what only this place knows; and what a load took is remembered. */
export function keepReport(report: Report, { books, all, onTimed, log }: KeepOptions): void {
  const it = "model" in report ? all.find(({ installed }) => installed.model.id === report.model) : undefined;
  if ((report.type === "swap-start" || report.type === "grow-start") && it !== undefined) {
    books.cachedShare(it.facts.path, never).then(
      (share) => {
        it.cachedShare = share;
      },
      () => undefined,
    );
  }
  if (report.type === "calibrated" && it !== undefined) {
    const how = it.installed.variants.get(report.variant);
    const { facts, cachedShare } = it;
    const { shares, loadMs } = report;
    if (how !== undefined) {
      books
        .remember({ facts, options: how.options, server: it.installed.model.server, shares, loadMs, cachedShare })
        .then(() => onTimed(it))
        .catch((error: unknown) => {
          // A load that ends as Sotto does is remembered if it can be.
          if (!books.isClosed) log(`calibration: ${String(error)}`);
        });
    }
  }
  const isEnd = report.type === "swap-end" || report.type === "grow-end";
  const bytesRead = isEnd && it !== undefined ? Math.round(it.facts.fileBytes * (1 - it.cachedShare)) : undefined;
  books.journal.write(report, bytesRead === undefined ? {} : { bytesRead });
}
