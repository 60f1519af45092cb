import type { Role } from "../../models/roles.ts";

/** One request of a day: when it comes, for whom, and how long it keeps its lease. */
export interface Demand {
  readonly atMs: number;
  readonly role: Role;
  readonly serviceMs: number;
}

const minuteMs = 60_000;

/**
 * A day at a desk, `hours` long: voice turns come as a Poisson process, questions for the director in talks of one to four, requests of a
 * coding agent in bursts. Lengths are drawn from exponential distributions, cut at `longestMs`.
 */
export function dayTrace(
  random: () => number,
  options: { readonly hours: number; readonly longestMs: number },
): readonly Demand[] {
  const { hours, longestMs } = options;
  const endMs = hours * 60 * minuteMs;
  const gap = (meanMs: number): number => -Math.log(1 - random()) * meanMs;
  const service = (meanMs: number): number => Math.min(longestMs, 1_000 + gap(meanMs));
  const demands: Demand[] = [];
  for (let atMs = gap(1.5 * minuteMs); atMs < endMs; atMs += gap(1.5 * minuteMs)) {
    demands.push({ atMs, role: "voice", serviceMs: Math.min(8_000, 800 + gap(1_500)) });
  }
  for (let talkMs = gap(6 * minuteMs); talkMs < endMs; talkMs += gap(6 * minuteMs)) {
    const questions = 3 + Math.floor(random() * 10);
    for (let [count, atMs] = [0, talkMs]; count < questions; count += 1, atMs += gap(15_000)) {
      demands.push({ atMs, role: "director", serviceMs: service(4_000) });
    }
  }
  for (let burstMs = gap(20 * minuteMs); burstMs < endMs; burstMs += gap(20 * minuteMs)) {
    const requests = 20 + Math.floor(random() * 60);
    for (let [count, atMs] = [0, burstMs]; count < requests; count += 1, atMs += gap(12_000)) {
      demands.push({ atMs, role: "coder", serviceMs: service(5_000) });
    }
  }
  return demands.sort((a, b) => a.atMs - b.atMs);
}
