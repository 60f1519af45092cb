import type { TalkState } from "../talk-state.ts";

/**
 * Whether there is no service to talk to, and in which words to say so. A connection that was there before is waited
 * for; one that never was is not.
 */
export function unreachable(state: TalkState): ((url: string) => string) | null {
  const { link } = state;
  if (link.status === "refused") {
    const { httpStatus, why } = link;
    if (httpStatus === null)
      return (url) => `${hostOf(url)} ended this conversation: ${why}. Begin a new one any time.`;
    return (url) => `${hostOf(url)} refused the connection: ${refusal(httpStatus, why)}`;
  }
  if (link.status !== "waiting" || state.connections > 0) return null;
  if (link.silent) {
    return (url) =>
      `${hostOf(url)} takes connections but does not answer. If it is Sotto, start it anew; if another program is, give Sotto's own address by --url or --port.`;
  }
  if (link.attempt <= 2) return null;
  return link.httpStatus === null
    ? (url) => `No service answers at ${hostOf(url)} (${link.why}). Start it with: npm start`
    : (url) => `${hostOf(url)} takes nobody just now: ${link.why}.`;
}

function refusal(httpStatus: number, why: string): string {
  switch (httpStatus) {
    case 401:
      return "the service answered 401. Use the link that it printed when it started, or set SOTTO_TOKEN.";
    case 403:
      return `${why}.`;
    default:
      return `${why}. Another program may listen there: give Sotto's own address by --url or --port.`;
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
