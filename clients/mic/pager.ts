import { spawn } from "node:child_process";
import { findProgram } from "./search-path.ts";
import type { TerminalOut } from "./talk-options.ts";

/** Lines that are left free for what comes after a text. */
const freeRows = 4;

/**
 * Shows a long text by `less`, which the person leaves when done; one that fits on the screen, or goes elsewhere, is printed. The
 * terminal must not be in raw mode.
 */
export async function showText(
  text: string,
  out: TerminalOut,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const program = fits(text, out) ? undefined : findProgram("less", env);
  if (program === undefined || !(await paged(program, text, env))) out.write(text);
}

function fits(text: string, { isTTY, columns = 80, rows = 24 }: TerminalOut): boolean {
  if (!isTTY) return true;
  // Colours are counted too: a page too early is better than a diff that has scrolled away.
  const shown = text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
  return shown <= rows - freeRows;
}

/** @returns false when the program could not do it */
function paged(program: string, text: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  return new Promise((resolve) => {
    // What the text is made of comes from a coder: less may not open other programs or files for it.
    const less = spawn(program, ["-R"], {
      stdio: ["pipe", "inherit", "inherit"],
      env: { ...env, LESSSECURE: "1", LESSOPEN: "" },
    });
    less.once("error", () => resolve(false));
    less.once("close", (code) => resolve(code === 0 || code === null));
    // Who leaves it early has seen enough.
    less.stdin.on("error", () => undefined);
    less.stdin.end(text);
  });
}
