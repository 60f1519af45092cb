import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceIn } from "../../../clients/mic/echo-cancelling.ts";
import { choicesIn } from "../../../clients/mic/job-choice.ts";
import { keysIn } from "../../../clients/mic/keys.ts";
import { serviceAddress } from "../../../clients/mic/service-address.ts";
import { type StatusPicture, statusLine } from "../../../clients/mic/status-line.ts";
import { createTextScreen } from "../../../clients/mic/text-screen.ts";
import { latencyParts, latencyTotalMs } from "../../../clients/turn-latency.ts";

describe("address", () => {
  const socket = "ws://127.0.0.1:8377/v1/realtime?model=sotto";

  test.each([
    ["http://127.0.0.1:8377", socket],
    ["http://127.0.0.1:8377/", socket],
    ["127.0.0.1:8377", socket],
    ["ws://127.0.0.1:8377/v1/realtime", socket],
    ["https://sotto.example/", "wss://sotto.example/v1/realtime?model=sotto"],
    ["ws://127.0.0.1:9/v1/realtime?model=mine", "ws://127.0.0.1:9/v1/realtime?model=mine"],
  ])("%s", (given, url) => {
    expect(serviceAddress({ url: given }, {})).toEqual({ url, token: null });
  });

  test("the printed link carries the token, which does not stay in the address", () => {
    expect(serviceAddress({ url: "http://127.0.0.1:8377/?token=abc" }, {})).toEqual({ url: socket, token: "abc" });
  });

  test("an option goes before the link, the link before the environment, and that before the file", () => {
    const tokenFile = join(mkdtempSync(join(tmpdir(), "sotto-token-")), "token");
    writeFileSync(tokenFile, "from-file\n");
    const url = "http://127.0.0.1:8377/";
    const env = { SOTTO_TOKEN: "from-env" };
    expect(serviceAddress({ url: `${url}?token=link`, token: "option", tokenFile }, env).token).toBe("option");
    expect(serviceAddress({ url: `${url}?token=link`, tokenFile }, env).token).toBe("link");
    expect(serviceAddress({ url, tokenFile }, env).token).toBe("from-env");
    expect(serviceAddress({ url, tokenFile }, {}).token).toBe("from-file");
    expect(serviceAddress({ url, tokenFile: "/nowhere/token" }, {}).token).toBeNull();
  });

  test.each(["", "ftp://x", "http://", "not an address"])("%j is refused", (url) => {
    expect(() => serviceAddress({ url }, {})).toThrow(/no address of a service/);
  });
});

test("keys: letters, blank and Esc mean something, arrows do not", () => {
  expect(keysIn("m")).toEqual(["mute"]);
  expect(keysIn("s ")).toEqual(["stop", "stop"]);
  expect(keysIn("\u001b")).toEqual(["stop"]);
  expect(keysIn("\u001b[A")).toEqual([]);
  expect(keysIn("q\u0003x")).toEqual(["quit", "quit"]);
});

test("keys that decide about files count alone: pasted text decides nothing", () => {
  expect(["a", "R", "u"].map(keysIn)).toEqual([["apply"], ["reject"], ["undo"]]);
  expect(["apply", "aa", "ar", "a\n", "constructor"].flatMap(keysIn)).not.toContain("apply");
  expect(["apply", "aa", "ar", "a\n"].map(choicesIn)).toEqual([[], [], [], []]);
  expect(["a", "r", "D", "q", "\u0003", "x", "\u001b[A"].map(choicesIn)).toEqual([
    ["apply"],
    ["reject"],
    ["diff"],
    ["leave"],
    ["leave"],
    [],
    [],
  ]);
});

test("the status line fits any terminal", () => {
  const picture: StatusPicture = {
    status: "speaking",
    muted: false,
    live: "word ".repeat(60),
    level: 0.5,
    saying: null,
    keys: "q quit",
  };
  for (let columns = 0; columns < 200; columns += 7) {
    expect(statusLine(picture, columns).length).toBeLessThan(Math.max(1, columns));
    expect(statusLine({ ...picture, live: "", saying: { turn: 1, of: 3, part: 0.5 } }, columns).length).toBeLessThan(
      Math.max(1, columns),
    );
  }
  expect(statusLine({ ...picture, live: "" }, 60)).toBe("speaking   ████     q quit");
  expect(statusLine({ ...picture, live: "", muted: true }, 60)).toBe(`${"muted".padEnd(20)}q quit`);
});

test("the status line is there in a terminal that nobody has given a size", () => {
  let written = "";
  using screen = createTextScreen({ isTTY: true, columns: 0, write: (text) => (written += text) }, { keys: "q quit" });
  screen.level(0.5);
  expect(written).toContain("q quit");
});

test("a source without echo is recognised among the others, its monitor is not", () => {
  const listing = "1\talsa_input.pci\tPipeWire\ts32le\tRUNNING\n2\techo-cancel-source\tPipeWire\tfloat32le\tIDLE\n";
  expect(sourceIn(listing)).toBe("echo-cancel-source");
  expect(sourceIn("1\talsa_input.pci\tx\n2\techo-cancel-sink.monitor\tx\n")).toBeNull();
  expect(sourceIn("")).toBeNull();
});

test("a turn's latency is the sum of its parts, the wait for the model counted once, until it was heard", () => {
  const parts = {
    endpoint_wait_ms: 300,
    stt_ms: 40,
    lease_ms: 2,
    first_token_ms: 30,
    first_clause_ms: 20,
    first_audio_ms: 60,
    overhead_ms: 5,
  };
  expect(latencyTotalMs(parts)).toBe(455);
  expect(latencyParts(parts).map(({ ms }) => ms)).toEqual([300, 40, 2, 30, 20, 60, 3]);
  expect(latencyTotalMs({ ...parts, first_played_ms: 520 })).toBe(520);
});
