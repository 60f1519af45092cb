import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DownloadProgress, type DownloadRequest, download } from "../../../models/catalog/download.ts";
import { systemClock } from "../../../models/clock.ts";
import { type FileServer, serveFile } from "../../support/file-server.ts";
import { tinyGguf } from "../../support/tiny-gguf.ts";
import { until } from "../../support/until.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const never = new AbortController().signal;
let folder = "";
let path = "";
let part = "";
let seen: DownloadProgress[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sotto-download-"));
  path = join(folder, "models", "some.gguf");
  part = `${path}.part`;
  seen = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function request(server: FileServer, more: Partial<DownloadRequest> = {}): DownloadRequest {
  return {
    url: `${server.address}/owner/repo/resolve/main/some.gguf`,
    path,
    clock: systemClock,
    onProgress: (progress) => seen.push(progress),
    backOffMs: [1, 1, 1],
    freeBytes: async () => 1e12,
    ...more,
  };
}

const content = randomBytes(3_000_000);
const sum = createHash("sha256").update(content).digest("hex");

describe("a download", () => {
  test("follows the hub to its store and is checked by the checksum that the hub named", async () => {
    await using server = await serveFile(content);
    expect(await download(request(server), never)).toEqual({ bytes: content.length, checked: "sha256" });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(existsSync(part)).toBe(false);
    expect(server.ranges).toEqual([undefined]);
    expect(seen.at(-1)).toEqual({ phase: "check", bytes: content.length, totalBytes: content.length });
    expect(seen[0]).toEqual({ phase: "fetch", bytes: 0, totalBytes: content.length });
  });

  test("of a file that is here already asks nobody", async () => {
    await using server = await serveFile(content);
    await download(request(server), never);
    expect(await download(request(server), never)).toEqual({ bytes: content.length, checked: "before" });
    expect(server.ranges).toHaveLength(1);
  });

  test("of a file that is here already looks at it all the same when a checksum is given", async () => {
    await using server = await serveFile(content);
    await download(request(server), never);
    const before = seen.length;
    expect(await download(request(server, { sha256: sum.toUpperCase() }), never)).toEqual({
      bytes: content.length,
      checked: "sha256",
    });
    expect(seen.slice(before).every(({ phase }) => phase === "check")).toBe(true);
    const other = "0".repeat(64);
    await expect(download(request(server, { sha256: other }), never)).rejects.toThrow(
      `its checksum is ${sum}, not ${other}: move it away`,
    );
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.ranges).toHaveLength(1);
  });

  test("that breaks goes on where it stopped, as often as it must", async () => {
    await using server = await serveFile(content);
    for (let cut = 0; cut < 8; cut += 1) server.misdeeds.push({ do: "cut", afterBytes: 300_000 });
    await download(request(server), never);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.ranges).toHaveLength(9);
    expect(server.ranges[0]).toBeUndefined();
    expect(server.ranges.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ""))).toBe(true);
  });

  test("goes on from the part that an earlier run left", async () => {
    await using server = await serveFile(content);
    server.misdeeds.push({ do: "stall", afterBytes: 1_000_000 });
    const controller = new AbortController();
    const running = download(request(server), controller.signal).catch((error: unknown) => error);
    await until(() => seen.some(({ bytes }) => bytes >= 1_000_000));
    controller.abort(new Error("Ctrl-C"));
    expect(await running).toEqual(new Error("Ctrl-C"));
    expect(existsSync(path)).toBe(false);
    const leftBytes = readFileSync(part).length;
    expect(leftBytes).toBeGreaterThan(0);
    await download(request(server), never);
    expect(server.ranges).toEqual([undefined, `bytes=${leftBytes}-`]);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test("starts over where the server knows no ranges", async () => {
    await using server = await serveFile(content);
    server.misdeeds.push({ do: "cut", afterBytes: 300_000 }, { do: "ignore-range" });
    await download(request(server), never);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test("with a whole part needs nothing more than the check", async () => {
    await using server = await serveFile(content);
    await download(request(server), never);
    writeFileSync(part, content);
    rmSync(path);
    expect(await download(request(server), never)).toEqual({ bytes: content.length, checked: "sha256" });
    expect(server.ranges.at(-1)).toBe(`bytes=${content.length}-`);
  });

  test("with a part that is longer than the file starts over", async () => {
    await using server = await serveFile(content);
    await download(request(server), never);
    writeFileSync(part, Buffer.concat([content, Buffer.from("more")]));
    rmSync(path);
    await download(request(server), never);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.ranges.at(-1)).toBeUndefined();
  });

  test("from a server that falls silent is asked for again", async () => {
    await using server = await serveFile(content);
    server.misdeeds.push({ do: "stall", afterBytes: 500_000 });
    const clock = new VirtualClock();
    const running = download(request(server, { clock, silentMs: 60_000 }), never);
    await until(() => seen.some(({ bytes }) => bytes >= 500_000));
    // Twice: the first look may find that something came since the last one.
    await clock.advance(60_000);
    await clock.advance(60_000);
    await until(() => clock.sleepers > 0 || existsSync(path));
    await clock.advance(1_000);
    await running;
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server.ranges).toHaveLength(2);
  });

  test("is tried again when the server is busy", async () => {
    await using server = await serveFile(content);
    server.misdeeds.push({ do: "answer", status: 503 }, { do: "answer", status: 429 });
    await download(request(server), never);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test("of a file without a checksum is checked by its own header", async () => {
    const gguf = tinyGguf();
    await using server = await serveFile(gguf, { sha256: false });
    expect(await download(request(server), never)).toEqual({ bytes: gguf.length, checked: "size" });
  });

  test("sends the token to the hub and to nobody else", async () => {
    await using server = await serveFile(content, { needsToken: "hf_mine" });
    await download(request(server, { token: "hf_mine" }), never);
    expect(server.tokens).toEqual({ hub: ["Bearer hf_mine"], store: [undefined] });
  });
});

describe("what fails says what to do:", () => {
  test("a wrong checksum sets the file aside", async () => {
    await using server = await serveFile(content, { sha256: "ab".repeat(32) });
    await expect(download(request(server), never)).rejects.toThrow(
      `its checksum is ${sum}, not ${"ab".repeat(32)}. It lies at ${path}.damaged; pull again`,
    );
    expect(existsSync(path)).toBe(false);
    expect(existsSync(part)).toBe(false);
    expect(readFileSync(`${path}.damaged`).equals(content)).toBe(true);
  });

  test("a checksum that was given counts more than the hub's", async () => {
    await using server = await serveFile(content, { sha256: "ab".repeat(32) });
    await download(request(server, { sha256: sum.toUpperCase() }), never);
    expect(existsSync(path)).toBe(true);
  });

  test("what is no model, where nobody named a checksum", async () => {
    await using server = await serveFile(content, { sha256: false });
    await expect(download(request(server), never)).rejects.toThrow(/It must be a whole GGUF file.*pull again/);
    expect(existsSync(path)).toBe(false);
  });

  test("no such file", async () => {
    await using server = await serveFile(content);
    const missing = request(server, { url: `${server.address}/owner/repo/resolve/main/missing.gguf` });
    await expect(download(missing, never)).rejects.toThrow(/There is no file at .*missing\.gguf: check the name/);
  });

  test("a file that asks for an account", async () => {
    await using server = await serveFile(content, { needsToken: "hf_mine" });
    await expect(download(request(server), never)).rejects.toThrow(/accept its licence on its page, .*HF_TOKEN/);
  });

  test("too small a disk, before anything is fetched", async () => {
    await using server = await serveFile(content);
    const small = request(server, { freeBytes: async () => 100_000_000 });
    await expect(download(small, never)).rejects.toThrow(/has 0\.1 GB free, but 0\.2 GB are needed/);
    expect(existsSync(part)).toBe(false);
  });

  test("another download of the same file under way, which goes on", async () => {
    await using server = await serveFile(content);
    server.misdeeds.push({ do: "stall", afterBytes: 1_000_000 });
    const controller = new AbortController();
    const first = download(request(server), controller.signal).catch((error: unknown) => error);
    await until(() => seen.some(({ bytes }) => bytes >= 1_000_000));
    const before = server.ranges.length;
    await expect(download(request(server), never)).rejects.toThrow(
      `Another pull of ${path} is under way: wait for its end, or stop it`,
    );
    expect(server.ranges).toHaveLength(before);
    controller.abort(new Error("Ctrl-C"));
    await first;
    // Then it may be gone on with, and nothing is left of the lock.
    await download(request(server), never);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(["some.gguf"]);
  });

  test("nobody there", async () => {
    const server = await serveFile(content);
    const gone = request(server);
    await server[Symbol.asyncDispose]();
    await expect(download(gone, never)).rejects.toThrow(/127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/);
  });

  test("a server that breaks off again and again without a byte", async () => {
    await using server = await serveFile(content);
    for (let cut = 0; cut < 4; cut += 1) server.misdeeds.push({ do: "answer", status: 500 });
    await expect(download(request(server), never)).rejects.toThrow(/cannot be reached \(it answers with 500\)/);
  });
});
