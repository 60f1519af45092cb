import { announcements } from "./announcements.ts";
import { jsonLine } from "./shown-text.ts";
import type { TerminalOut } from "./talk-options.ts";
import type { TalkScreen } from "./talk-screen.ts";

/** For scripts: one JSON object a line. */
export function createJsonScreen(out: TerminalOut): TalkScreen {
  const print = (value: object): void => {
    out.write(jsonLine(value));
  };
  return {
    show: (before, after) => announcements(before, after).forEach(print),
    tell: (text) => print({ type: "note", text }),
    progress: () => undefined,
    level: () => undefined,
    [Symbol.dispose]: () => undefined,
  };
}
