import { dirname, join, resolve } from "node:path";
import { type Config, type ConfigKey, configKeys, configSchema, configSections } from "./config-schema.ts";
import { nearest } from "./nearest.ts";

export type { Config } from "./config-schema.ts";

/** Where settings come from; nothing else is read. */
export interface ConfigSources {
  /** Dotted key → value, with the flag that set it: `{ "server.port": { value: "80", flag: "--port" } }`. */
  readonly flags: Readonly<Record<string, { readonly value: unknown; readonly flag: string }>>;
  /** `--config`: read this file and no other. */
  readonly configFile?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly homeDir: string;
  /** The file's text; undefined when there is no such file. */
  readonly readFile: (path: string) => string | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Dotted key → what set it: a flag, a variable, a file; keys left at their default are missing. */
  readonly origins: ReadonlyMap<string, string>;
}

/** One line for each thing wrong, naming the key and where it was set. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

interface Setting {
  readonly value: unknown;
  readonly origin: string;
  /** Folder that a relative path counts from. */
  readonly base: string;
}
type Settings = ReadonlyMap<string, Setting>;

/** Flags win over `SOTTO_*` variables, these over `sotto.config.json`, that over the defaults; key by key. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const complaints: string[] = [];
  const { file, problems } = fromFile(sources);
  complaints.push(...problems);
  const settings = new Map<string, Setting>([
    ...file,
    ...fromEnvironment(sources, complaints),
    ...fromFlags(sources, complaints),
  ]);
  if (!settings.has("home")) settings.set("home", { value: defaultHome(sources), origin: "", base: sources.cwd });
  const tree: Record<string, unknown> = {};
  for (const section of configSections) tree[section] = {};
  for (const key of configKeys) {
    const setting = settings.get(key.name);
    if (setting === undefined) continue;
    const [section, leaf] = split(key.name);
    const holder = section === "" ? tree : tree[section];
    if (isObject(holder)) holder[leaf] = key.path ? located(setting, sources) : setting.value;
  }
  const parsed = configSchema.safeParse(tree);
  // Keys have one part or two; what follows is inside of a value.
  const wrong = new Set(parsed.error?.issues.flatMap(({ path }) => [String(path[0]), path.slice(0, 2).join(".")]));
  for (const key of configKeys) {
    const setting = settings.get(key.name);
    if (wrong.has(key.name))
      complaints.push(`${setting?.origin}: ${key.name}: expected ${key.expected}${got(key, setting)}`);
  }
  if (complaints.length > 0 || !parsed.success) throw new ConfigError(complaints.join("\n"));
  const origins = new Map(
    [...settings].flatMap(([name, { origin }]) => (origin === "" ? [] : [[name, origin] as const])),
  );
  return { config: parsed.data, origins };
}

function fromFile(sources: ConfigSources): { readonly file: Settings; readonly problems: readonly string[] } {
  const found = findFile(sources);
  const file = new Map<string, Setting>();
  if (found === undefined) return { file, problems: [] };
  const { path, text } = found;
  const problems: string[] = [];
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { file, problems: [`${path}: not JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const walk = (value: unknown, prefix: string): void => {
    if (!isObject(value)) {
      problems.push(
        `${path}: ${prefix === "" ? "expected" : `${prefix}: expected`} an object, got ${JSON.stringify(value)}`,
      );
      return;
    }
    for (const [part, inner] of Object.entries(value)) {
      const name = prefix === "" ? part : `${prefix}.${part}`;
      if (name === "$schema") continue;
      if (configSections.has(name)) walk(inner, name);
      else if (keyOf(name) !== undefined) file.set(name, { value: inner, origin: path, base: dirname(path) });
      else problems.push(`${path}: ${unknown(name)}`);
    }
  };
  walk(content, "");
  return { file, problems };
}

function findFile(sources: ConfigSources): { readonly path: string; readonly text: string } | undefined {
  const { env, cwd, homeDir, readFile } = sources;
  const asked = sources.configFile ?? env["SOTTO_CONFIG"];
  if (asked) {
    const path = resolve(cwd, asked);
    const text = readFile(path);
    if (text === undefined) throw new ConfigError(`${path}: no such config file`);
    return { path, text };
  }
  const own = env["SOTTO_HOME"] || join(env["XDG_CONFIG_HOME"] || join(homeDir, ".config"), "sotto");
  for (const folder of [cwd, own]) {
    const path = resolve(cwd, folder, "sotto.config.json");
    const text = readFile(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** Variables of ours that are no settings. */
const otherVariables: ReadonlySet<string> = new Set(["SOTTO_CONFIG", "SOTTO_DEBUG", "SOTTO_TOKEN"]);

function fromEnvironment({ env, cwd }: ConfigSources, complaints: string[]): Settings {
  const settings = new Map<string, Setting>();
  for (const [variable, text] of Object.entries(env)) {
    // An empty variable is how many tools say "not set".
    if (!variable.startsWith("SOTTO_") || otherVariables.has(variable) || !text) continue;
    const key = configKeys.find((candidate) => candidate.variable === variable);
    if (key !== undefined) settings.set(key.name, { value: fromText(key, text), origin: variable, base: cwd });
    else
      complaints.push(
        `${variable}: unknown variable${hint(
          variable,
          configKeys.map((known) => known.variable),
        )}`,
      );
  }
  return settings;
}

function fromFlags({ flags, cwd }: ConfigSources, complaints: string[]): Settings {
  const settings = new Map<string, Setting>();
  for (const [name, { value, flag }] of Object.entries(flags)) {
    const key = keyOf(name);
    if (key === undefined) complaints.push(`${flag}: ${unknown(name)}`);
    else
      settings.set(name, { value: typeof value === "string" ? fromText(key, value) : value, origin: flag, base: cwd });
  }
  return settings;
}

/** Text as the key's kind; what does not fit stays text, and the schema complains about it. */
function fromText(key: ConfigKey, text: string): unknown {
  const word = text.trim();
  switch (key.kind) {
    case "text":
      return text;
    case "list":
      return word.split(",").map((part) => part.trim());
    case "boolean":
      if (/^(true|1|yes|on)$/i.test(word)) return true;
      return /^(false|0|no|off)$/i.test(word) ? false : text;
    case "number":
      return /^-?\d+(\.\d+)?$/.test(word) ? Number(word) : text;
  }
}

function located({ value, base }: Pick<Setting, "value" | "base">, sources: ConfigSources): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => located({ value: one, base }, sources));
  const { homeDir } = sources;
  if (typeof value !== "string" || value === "" || value === "starter" || value === "off") return value;
  // "ollama:qwen3:8b" is a model of a server; a drive letter is a path.
  if (/^[a-z][a-z0-9-]+:/.test(value)) return value;
  return value.startsWith("~/") ? join(homeDir, value.slice(2)) : resolve(base, value);
}

function defaultHome({ env, homeDir }: ConfigSources): string {
  return join(env["XDG_DATA_HOME"] || join(homeDir, ".local", "share"), "sotto");
}

function keyOf(name: string): ConfigKey | undefined {
  return configKeys.find((key) => key.name === name);
}

function unknown(name: string): string {
  return `${name}: unknown key${hint(name, [...configKeys.map((key) => key.name), ...configSections])}`;
}

function hint(word: string, known: readonly string[]): string {
  // People leave the section out: `port`, SOTTO_PORT.
  const lastPart = word.replace(/^SOTTO_/, "").toLowerCase();
  const inSection = known.find((name) => name.toLowerCase().split(/[._]/).slice(1).join("_").endsWith(lastPart));
  const close = nearest(word, known) ?? inSection;
  return close === undefined ? "; `sotto config` lists them all" : `; did you mean ${close}?`;
}

function got(key: ConfigKey, setting: Setting | undefined): string {
  return key.secret ? "" : `, got ${JSON.stringify(setting?.value)}`;
}

function split(name: string): readonly [section: string, leaf: string] {
  const dot = name.lastIndexOf(".");
  return [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
