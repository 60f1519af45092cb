import type { TalkState } from "../talk-state.ts";

/**
 * Whether there is no service to talk to, and in which words to say so. A connection that was there before is waited
 * for; one that never was is not.
 */
export function unreachable(state: TalkState): ((url: string) => string) | null {
  const { link } = state;
  if (link.status === "refused") {
    const wrongToken = link.httpStatus === 401 || link.httpStatus === 403;
    const advice = "Use the link that it printed when it started, or set SOTTO_TOKEN.";
    return (url) => `${hostOf(url)} refused the connection: ${link.why}.${wrongToken ? ` ${advice}` : ""}`;
  }
  if (link.status === "waiting" && state.connections === 0 && link.attempt > 2) {
    return (url) => `No service answers at ${hostOf(url)} (${link.why}). Start it with: npm start`;
  }
  return null;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
