import { announcements } from "./announcements.ts";
import type { TerminalOut } from "./talk-options.ts";
import type { TalkScreen } from "./talk-screen.ts";

/** For scripts: one JSON object a line. */
export function createJsonScreen(out: TerminalOut): TalkScreen {
  const print = (value: object): void => {
    out.write(`${JSON.stringify(value)}\n`);
  };
  return {
    show: (before, after) => announcements(before, after).forEach(print),
    tell: (text) => print({ type: "note", text }),
    progress: () => undefined,
    level: () => undefined,
    [Symbol.dispose]: () => undefined,
  };
}
