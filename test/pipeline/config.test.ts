import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, type ConfigSources, loadConfig } from "../../pipeline/config.ts";
import { configKeys } from "../../pipeline/config-schema.ts";

const nothing: ConfigSources = {
  flags: {},
  env: {},
  cwd: "/project",
  homeDir: "/home/ada",
  readFile: () => undefined,
};

interface Layers {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly file?: unknown;
}

function load({ flags = {}, env = {}, file }: Layers) {
  return loadConfig({
    ...nothing,
    env,
    flags: Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, { value, flag: "--set" }])),
    readFile: (path) =>
      file !== undefined && path === "/project/sotto.config.json"
        ? typeof file === "string"
          ? file
          : JSON.stringify(file)
        : undefined,
  });
}

function complaint(layers: Layers): string {
  try {
    load(layers);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

describe("with nothing set", () => {
  test("it listens on loopback and asks for a token", () => {
    const { config, origins } = load({});
    expect(config.server).toMatchObject({ host: "127.0.0.1", port: 8377, requireToken: true });
    expect(config.voice.model).toBe("starter");
    expect(config.home).toBe("/home/ada/.local/share/sotto");
    expect(origins.size).toBe(0);
  });

  test("each key has a variable of its own and every default is a legal value", () => {
    expect(new Set(configKeys.map(({ variable }) => variable)).size).toBe(configKeys.length);
    expect(configKeys.map(({ variable }) => variable)).toEqual(
      expect.arrayContaining(["SOTTO_HOME", "SOTTO_SERVER_PORT", "SOTTO_SERVER_ALLOWED_ORIGINS"]),
    );
    for (const { name, fallback } of configKeys) {
      if (fallback !== undefined) expect(() => load({ flags: { [name]: fallback } }), name).not.toThrow();
    }
  });
});

describe("precedence", () => {
  test("flags over environment over file over default, whatever is set", () => {
    const port = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined });
    fc.assert(
      fc.property(port, port, port, (flag, variable, inFile) => {
        const { config, origins } = load({
          flags: flag === undefined ? {} : { "server.port": String(flag) },
          env: variable === undefined ? {} : { SOTTO_SERVER_PORT: String(variable) },
          file: inFile === undefined ? {} : { server: { port: inFile } },
        });
        expect(config.server.port).toBe(flag ?? variable ?? inFile ?? 8377);
        const origin =
          flag !== undefined
            ? "--set"
            : variable !== undefined
              ? "SOTTO_SERVER_PORT"
              : inFile === undefined
                ? undefined
                : "/project/sotto.config.json";
        expect(origins.get("server.port")).toBe(origin);
      }),
    );
  });

  test("is key by key, not section by section", () => {
    const { config } = load({
      flags: { "turn.eagerness": "low" },
      env: { SOTTO_TURN_SILENCE_MS: "700" },
      file: { turn: { mode: "server_vad", silenceMs: 1 } },
    });
    expect(config.turn).toEqual({ mode: "server_vad", silenceMs: 700, eagerness: "low" });
  });

  test("every key can be set by its variable, and comes back", () => {
    const samples = {
      text: "auto-text-of-16-chars",
      number: "1",
      boolean: "no",
      list: "a=http://b.example,c=http://d.example",
    };
    const own: Readonly<Record<string, string>> = {
      "models.priorities": "ollama",
      "models.sleepLevels": "ollama=2",
      "models.adapters": "ollama:sql=/loras/sql,ollama:poet=/loras/poet",
    };
    for (const { name, variable, kind, fallback } of configKeys) {
      const text = name.endsWith("Bytes") ? "64 KiB" : samples.text;
      const enumerated = typeof fallback === "string" ? fallback : text;
      const number = name.endsWith("Tokens") || name.endsWith("Ms") ? "1000" : name.endsWith("Bytes") ? "65536" : "1";
      const { origins } = load({
        env: { [variable]: own[name] ?? (kind === "number" ? number : kind === "text" ? enumerated : samples[kind]) },
      });
      expect(origins.get(name), name).toBe(variable);
    }
  });

  test("an empty variable counts as not set", () => {
    expect(load({ env: { SOTTO_SERVER_PORT: "" } }).config.server.port).toBe(8377);
  });
});

describe("the file", () => {
  const read = (files: Readonly<Record<string, string>>, more: Partial<ConfigSources> = {}) =>
    loadConfig({ ...nothing, readFile: (path) => files[path], ...more }).config.server.port;
  const port = (value: number): string => JSON.stringify({ server: { port: value } });

  test("is looked for in the working folder, then under XDG or SOTTO_HOME", () => {
    const files = {
      "/project/sotto.config.json": port(1),
      "/home/ada/.config/sotto/sotto.config.json": port(2),
      "/data/sotto.config.json": port(3),
      "/xdg/sotto/sotto.config.json": port(4),
      "/project/other.json": port(5),
    };
    expect(read(files)).toBe(1);
    expect(read(files, { cwd: "/" })).toBe(2);
    expect(read(files, { cwd: "/", env: { SOTTO_HOME: "/data" } })).toBe(3);
    expect(read(files, { cwd: "/", env: { XDG_CONFIG_HOME: "/xdg" } })).toBe(4);
    expect(read(files, { configFile: "other.json" })).toBe(5);
  });

  test("must exist when it is asked for by name", () => {
    expect(() => read({}, { configFile: "mine.json" })).toThrow("/project/mine.json: no such config file");
  });

  test("holds paths that count from its own folder; from elsewhere they count from the working folder", () => {
    expect(load({ file: { voice: { model: "models/a.gguf" } } }).config.voice.model).toBe("/project/models/a.gguf");
    const elsewhere = { "/home/ada/.config/sotto/sotto.config.json": JSON.stringify({ voice: { model: "a.gguf" } }) };
    const { config } = loadConfig({ ...nothing, readFile: (path) => new Map(Object.entries(elsewhere)).get(path) });
    expect(config.voice.model).toBe("/home/ada/.config/sotto/a.gguf");
    expect(load({ env: { SOTTO_VOICE_MODEL: "~/a.gguf" } }).config.voice.model).toBe("/home/ada/a.gguf");
    expect(load({ flags: { "voice.model": "../a.gguf" } }).config.voice.model).toBe("/a.gguf");
  });
});

describe("a mistake is named with its key and where it came from:", () => {
  const file = "/project/sotto.config.json";
  test.each<[what: string, layers: Layers, says: string]>([
    [
      "a word for a number",
      { file: { server: { port: "abc" } } },
      `${file}: server.port: expected a whole number from 0 to 65535, got "abc"`,
    ],
    [
      "out of range",
      { env: { SOTTO_SERVER_PORT: "70000" } },
      "SOTTO_SERVER_PORT: server.port: expected a whole number from 0 to 65535, got 70000",
    ],
    [
      "a fraction",
      { flags: { "server.maxSessions": "1.5" } },
      "--set: server.maxSessions: expected a whole number from 1 to 1000, got 1.5",
    ],
    [
      "not one of the words",
      { flags: { "turn.mode": "vad" } },
      '--set: turn.mode: expected one of server_vad, semantic_vad, got "vad"',
    ],
    [
      "null",
      { file: { log: { level: null } } },
      `${file}: log.level: expected one of silent, error, warn, info, debug, got null`,
    ],
    [
      "neither yes nor no",
      { env: { SOTTO_SERVER_REQUIRE_TOKEN: "maybe" } },
      'SOTTO_SERVER_REQUIRE_TOKEN: server.requireToken: expected true or false, got "maybe"',
    ],
    [
      "inside a list",
      { file: { server: { allowedHosts: ["a", 5] } } },
      `${file}: server.allowedHosts: expected a list of host names, got ["a",5]`,
    ],
    [
      "inside a list that is in no section",
      { flags: { workspace: [""] } },
      '--set: workspace: expected a list of folders, got [""]',
    ],
    [
      "a misspelt key",
      { file: { server: { prot: 1 } } },
      `${file}: server.prot: unknown key; did you mean server.port?`,
    ],
    ["a misspelt section", { file: { sever: { port: 1 } } }, `${file}: sever: unknown key; did you mean server?`],
    ["a key without its section", { file: { port: 1 } }, `${file}: port: unknown key; did you mean server.port?`],
    [
      "nothing like any key",
      { flags: { frobnicate: "1" } },
      "--set: frobnicate: unknown key; `sotto config` lists them all",
    ],
    [
      "a variable without its section",
      { env: { SOTTO_PORT: "1" } },
      "SOTTO_PORT: unknown variable; did you mean SOTTO_SERVER_PORT?",
    ],
    ["a value where a section is due", { file: { server: 8377 } }, `${file}: server: expected an object, got 8377`],
    ["a list for the whole file", { file: [] }, `${file}: expected an object, got []`],
  ])("%s", (_what, layers, says) => {
    expect(complaint(layers)).toBe(says);
  });

  test("broken JSON", () => {
    expect(complaint({ file: "{" })).toMatch(/^\/project\/sotto\.config\.json: not JSON: .+/);
  });

  test("all mistakes at once, one line each", () => {
    expect(
      complaint({ file: { server: { port: -1, maxSessions: 0 } }, env: { SOTTO_TURN_MODE: "x" } }).split("\n"),
    ).toHaveLength(3);
  });

  test("a token is never repeated in a message", () => {
    const said = complaint({ env: { SOTTO_SERVER_TOKEN: "hunter2" } });
    expect(said).toBe("SOTTO_SERVER_TOKEN: server.token: expected at least 16 letters, digits, - or _");
  });
});

test("no text in a variable ever does anything but configure or complain", () => {
  const variable = fc.constantFrom(...configKeys.map((key) => key.variable));
  fc.assert(
    fc.property(variable, fc.string(), (name, text) => {
      const said = complaint({ env: { [name]: text } });
      expect(said === "" || said.startsWith(name)).toBe(true);
    }),
  );
});
