import type { Forecast } from "../../models/roles.ts";
import { spokenTime } from "../spoken-numbers.ts";

/** Waits shorter than this are not worth a sentence. */
const worthSayingMs = 900;

const spokenRoles = { director: "the director", coder: "the coder" } as const;

/** What is said while a heavy model is on its way, from the time it is predicted to take; null when it takes none. */
export function bridgeLine(role: keyof typeof spokenRoles, forecast: Forecast): string | null {
  if (forecast.status === "unavailable" || forecast.waitMs < worthSayingMs) return null;
  const time = spokenTime(forecast.waitMs);
  const who = spokenRoles[role];
  if (forecast.status === "queue") return `I will ask ${who}; that takes about ${time}, others are before you.`;
  return `Give me about ${time}; I am bringing up ${who}.`;
}
