import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Report } from "./report.ts";

export interface JournalLine {
  /** ISO 8601. */
  readonly at: string;
  readonly type: string;
  /** The report as it was made, as JSON. */
  readonly detail: string;
}

type Connection = InstanceType<typeof Database>;

const fileName = "journal.db";
const keptLines = 20_000;
/** The oldest are dropped once in so many lines. */
const trimEvery = 500;
const row = z.object({ at: z.string(), type: z.string(), detail: z.string() });

/** What the budgeter decided, with what it knew and what came of it; kept over restarts. */
export class Journal implements Disposable {
  readonly #database: Connection;
  readonly #clock: Clock;
  #written = 0;

  /** Where no file can be written, the journal ends with the process. */
  static open({
    folder,
    clock,
    complain,
  }: {
    readonly folder: string;
    readonly clock: Clock;
    readonly complain: (message: string) => void;
  }): Journal {
    const path = join(folder, fileName);
    try {
      mkdirSync(folder, { recursive: true });
      return new Journal(opened(path), clock);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      complain(`The journal of models is not kept: ${path} cannot be written (${why}). Check the folder.`);
      return new Journal(opened(":memory:"), clock);
    }
  }

  private constructor(database: Connection, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  write(report: Report, more: Readonly<Record<string, number>> = {}): void {
    this.#database
      .prepare("INSERT INTO lines (at, type, detail) VALUES (?, ?, ?)")
      .run(this.#clock.today().toISOString(), report.type, JSON.stringify({ ...report, ...more }));
    this.#written += 1;
    if (this.#written % trimEvery !== 0) return;
    this.#database.prepare("DELETE FROM lines WHERE id <= (SELECT max(id) FROM lines) - ?").run(keptLines);
  }

  /** The newest lines, oldest first. */
  last(count: number): readonly JournalLine[] {
    const rows = this.#database.prepare("SELECT at, type, detail FROM lines ORDER BY id DESC LIMIT ?").all(count);
    return rows.toReversed().flatMap((line) => {
      const parsed = row.safeParse(line);
      return parsed.success ? [parsed.data] : [];
    });
  }

  [Symbol.dispose](): void {
    if (this.#database.open) this.#database.close();
  }
}

/** @throws Error when the file is not a database, or cannot be made. */
function opened(path: string): Connection {
  const database = new Database(path);
  try {
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS lines (id INTEGER PRIMARY KEY, at TEXT NOT NULL, type TEXT NOT NULL, detail TEXT NOT NULL);",
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
