import type { Report } from "../../models/residency/report.ts";
import type { Demand } from "./day-trace.ts";

/** One line of the journal of models. */
export interface JournalLine {
  readonly atMs: number;
  readonly report: Report;
}

/**
 * The requests behind a journal, so that a day that was lived through can be run again with other settings or under another policy.
 * Leases that never came back are taken to have lasted until the last line; refused requests are asked again, for `refusedMs`.
 */
export function demandsOf(lines: readonly JournalLine[], options: { readonly refusedMs: number }): readonly Demand[] {
  const returned = new Map(
    lines.flatMap(({ atMs, report }) => (report.type === "return" ? [[report.ticket, atMs] as const] : [])),
  );
  const endMs = lines.at(-1)?.atMs ?? 0;
  return lines
    .flatMap(({ atMs, report }): readonly Demand[] => {
      if (report.type === "admit") {
        const serviceMs = (returned.get(report.ticket) ?? endMs) - atMs;
        return [{ atMs: atMs - report.waitedMs, role: report.role, serviceMs }];
      }
      if (report.type === "deny") {
        return [{ atMs: atMs - report.waitedMs, role: report.role, serviceMs: options.refusedMs }];
      }
      return [];
    })
    .sort((a, b) => a.atMs - b.atMs);
}
