import { CommanderError } from "commander";
import { describe, expect, test } from "vitest";
import { exitCodeOf, explain, UsageError } from "../../pipeline/cli-failure.ts";
import { showProgress } from "../../pipeline/cli-progress.ts";
import { ConfigError } from "../../pipeline/config.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

describe("exit codes", () => {
  test.each([
    [0, "help that was asked for", new CommanderError(0, "commander.helpDisplayed", "")],
    [2, "a command used wrongly", new CommanderError(1, "commander.unknownOption", "unknown option")],
    [2, "a setting that is wrong", new ConfigError("server.port")],
    [2, "a request that makes no sense", new UsageError("--set turn")],
    [1, "anything else", new Error("the disk is full")],
    [1, "what is not even an error", "the disk is full"],
  ])("%i for %s", (code, _what, error) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});

describe("an explanation", () => {
  test("is one line for each thing wrong, and no stack", () => {
    expect(explain(new ConfigError("a: wrong\nb: wrong"), false)).toBe("sotto: a: wrong\nsotto: b: wrong");
    expect(explain("gone", false)).toBe("sotto: gone");
  });

  test("has the stack and every cause when asked for", () => {
    const root = new Error("no space left");
    const text = explain(new Error("cannot save", { cause: new Error("cannot write", { cause: root }) }), true);
    expect(text).toMatch(
      /cannot save[\s\S]*\n {4}at [\s\S]*caused by Error: cannot write[\s\S]*caused by Error: no space left/,
    );
  });
});

describe("progress", () => {
  const terminal = (isTTY: boolean) => {
    const written: string[] = [];
    return { isTTY, written, write: (text: string) => written.push(text) };
  };

  test("is shown at once on a terminal, moves, and leaves an empty line behind", async () => {
    const screen = terminal(true);
    const clock = new VirtualClock();
    {
      using _progress = showProgress("Starting", screen, clock);
      expect(screen.written.join("")).toContain("Starting …");
      await clock.advance(160);
      expect(new Set(screen.written).size).toBe(3);
    }
    await clock.advance(160);
    expect(screen.written.at(-1)).toBe("\r\u001b[2K");
    expect(clock.sleepers).toBe(0);
  });

  test("is silent where nobody looks", () => {
    const pipe = terminal(false);
    {
      using _progress = showProgress("Starting", pipe, new VirtualClock());
    }
    expect(pipe.written).toEqual([]);
  });
});
