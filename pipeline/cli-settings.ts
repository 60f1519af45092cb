import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import type { Command } from "commander";
import { UsageError } from "./cli-failure.ts";
import { ConfigError, type LoadedConfig, loadConfig } from "./config.ts";

/** Flags that stand for one key of the configuration. */
const shorthands: Readonly<Record<string, { readonly flag: string; readonly key: string; readonly about: string }>> = {
  host: { flag: "--host <address>", key: "server.host", about: "address to listen on (127.0.0.1)" },
  port: { flag: "--port <number>", key: "server.port", about: "port to listen on (8377)" },
  voiceModel: { flag: "--voice-model <path>", key: "voice.model", about: "a GGUF file to use instead of the starter" },
  workspace: {
    flag: "--workspace <folder>",
    key: "workspace",
    about: "a folder that the coder may propose changes in; may be given again",
  },
  slotBytes: {
    flag: "--slot-bytes <size>",
    key: "memory.slotBytes",
    about: "most that director and coder may take together, such as 6GB",
  },
};

export interface SettingFlags {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly verbose?: boolean;
  /** False after `--no-token`. */
  readonly token?: boolean | string;
  readonly host?: string;
  readonly port?: string;
  readonly voiceModel?: string;
  readonly slotBytes?: string;
  readonly workspace?: readonly string[];
}

/** Gives a command the flags that set configuration. */
export function withSettings(command: Command): Command {
  for (const [name, { flag, about }] of Object.entries(shorthands)) {
    if (name === "workspace") command.option(flag, about, collect);
    else command.option(flag, about);
  }
  return command
    .option("--set <key=value>", "set any key of the configuration; may be given again", collect)
    .option("--config <file>", "read this file instead of looking for sotto.config.json")
    .option("--verbose", "log everything, and show where an error came from");
}

/** The configuration that these flags, the environment and the files make. */
export function settingsFrom(flags: SettingFlags): LoadedConfig {
  const asked: Record<string, { value: unknown; flag: string }> = {};
  if (flags.verbose) asked["log.level"] = { value: "debug", flag: "--verbose" };
  if (flags.token === false) asked["server.requireToken"] = { value: false, flag: "--no-token" };
  for (const pair of flags.set ?? []) {
    const equals = pair.indexOf("=");
    if (equals < 1) throw new UsageError(`--set ${pair}: expected key=value, such as --set turn.silenceMs=700`);
    asked[pair.slice(0, equals)] = { value: pair.slice(equals + 1), flag: "--set" };
  }
  const given = new Map(Object.entries(flags));
  for (const [name, { flag, key }] of Object.entries(shorthands)) {
    const value = given.get(name);
    if (value !== undefined) asked[key] = { value, flag: flag.replace(/ .*/, "") };
  }
  return loadConfig({
    flags: asked,
    configFile: flags.config,
    env: process.env,
    cwd: process.cwd(),
    homeDir: homedir(),
    readFile,
  });
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw new ConfigError(`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
