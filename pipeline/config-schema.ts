import { z } from "zod";
import { bytesOf } from "./byte-size.ts";

/** What people are told about one key: in `sotto config`, in the README and when its value is wrong. */
interface KeyNotes {
  readonly about: string;
  /** Completes "expected …". */
  readonly expected: string;
  /** Never shown. */
  readonly secret?: true;
  /** A file or folder; relative to the config file or, from flags and environment, to the working folder. */
  readonly path?: true;
}

const notes = z.registry<KeyNotes>();

function key<T extends z.ZodType>(schema: T, about: string, expected: string, more: Partial<KeyNotes> = {}): T {
  notes.add(schema, { about, expected, ...more });
  return schema;
}

export const usualPort = 8377;

const levels = ["silent", "error", "warn", "info", "debug"] as const;
const eagernesses = ["low", "medium", "high", "auto"] as const;
const modes = ["server_vad", "semantic_vad"] as const;
const actionStyles = ["auto", "text", "tools"] as const;
const fallbacks = ["auto", "on", "off"] as const;
const applyWays = ["files", "commit"] as const;
const oneOf = (words: readonly string[]): string => `one of ${words.join(", ")}`;

const wholeNumber = (about: string, min: number, max: number) =>
  key(z.int().min(min).max(max), about, `a whole number from ${min} to ${max}`);
const trueOrFalse = (about: string) => key(z.boolean(), about, "true or false");
const list = (about: string, of: string) => key(z.array(z.string().min(1)), about, `a list of ${of}`);

const bytes = (about: string) =>
  key(z.preprocess(bytesOf, z.int().min(0)), about, "bytes, such as 6GB, 512MiB or 2000000000");

const heavyModel = (about: string, usual: "starter" | "off") =>
  z.strictObject({
    model: key(
      z.string().min(1),
      about,
      '"starter", "off", the path of a GGUF file, "<server>:<model>", or "file:ollama:<model>"',
      {
        path: true,
      },
    ).default(usual),
    threads: wholeNumber("Threads of it; otherwise as many as suit the machine.", 1, 256).optional(),
    gpu: key(z.string().min(1), "The only one of several GPUs that it may have.", "a GPU such as gpu0").optional(),
    contextTokens: wholeNumber(
      "Context of it; otherwise what the model and the memory allow.",
      256,
      1_048_576,
    ).optional(),
  });

/** Every setting there is. Add a key here and it has its flag (`--set`), its variable, its error and its place in `sotto config`. */
export const configSchema = z.strictObject({
  home: key(z.string().min(1), "Folder for the token and everything else that Sotto keeps.", "a folder", {
    path: true,
  }),
  workspace: key(
    z.array(z.string().min(1)),
    "Folders that the coder may propose changes in; without any it takes no task.",
    "a list of folders",
    { path: true },
  ).default([]),
  server: z.strictObject({
    host: key(z.string().min(1), "Address to listen on; beyond loopback a token is required.", "an address").default(
      "127.0.0.1",
    ),
    port: wholeNumber("Port to listen on; 0 takes a free one.", 0, 65_535).default(usualPort),
    allowedOrigins: list(
      "Origins of web pages that may connect, beside our own.",
      "origins such as http://localhost:3000",
    ).default([]),
    allowedHosts: list("Names in the Host header that are accepted, beside loopback and `host`.", "host names").default(
      [],
    ),
    maxSessions: wholeNumber("Conversations at the same time.", 1, 1_000).default(32),
    idleTimeoutMs: wholeNumber(
      "When all are in use, a conversation in which nothing was said for so long ends for a new one.",
      1_000,
      86_400_000,
    ).default(300_000),
    maxBufferedBytes: wholeNumber(
      "A client that lets so much pile up unread is dropped.",
      65_536,
      1_073_741_824,
    ).default(8_388_608),
    requireToken: trueOrFalse("Whether clients must know the token.").default(true),
    token: key(
      z.string().regex(/^[A-Za-z0-9_-]{16,}$/),
      "The token; without it one is made at first start and kept.",
      "at least 16 letters, digits, - or _",
      {
        secret: true,
      },
    ).optional(),
  }),
  voice: z.strictObject({
    model: key(
      z.string().min(1),
      "The language model that answers.",
      '"starter", the path of a GGUF file, "<server>:<model>", or "file:ollama:<model>"',
      {
        path: true,
      },
    ).default("starter"),
    threads: wholeNumber("Threads of the language model; otherwise as many as suit the machine.", 1, 256).optional(),
    gpu: key(z.string().min(1), "The only one of several GPUs that it may have.", "a GPU such as gpu0").optional(),
    contextTokens: wholeNumber(
      "Context of the language model; otherwise what the model and the memory allow.",
      256,
      1_048_576,
    ).optional(),
  }),
  director: heavyModel("The language model for hard questions.", "starter"),
  coder: heavyModel("The language model for coding tasks.", "starter").extend({
    agent: list(
      "A coding agent that speaks ACP, to be used instead of our own: the command and its arguments.",
      'a list of words, such as "opencode", "acp"',
    ).default([]),
    agentEnvironment: list(
      "Variables that such an agent gets beside the usual ones: by name, as Sotto has them, or with a value. Keys are among those it does not get otherwise.",
      'a list of names or "NAME=value"',
    ).default([]),
    agentFolders: list(
      "Folders that such an agent may write to beside its copy, when it runs in the sandbox.",
      "a list of folders, absolute or in the home folder",
    ).default([]),
    actions: key(
      z.enum(actionStyles),
      "How the model is to act: by calls of tools, by text, or as suits what is known of it.",
      oneOf(actionStyles),
    ).default("auto"),
    checks: key(
      z.array(z.string().regex(/^[\w-]+=\S.*$/)),
      "Checks of a change, each a fixed command; they are run in a sandbox, or not at all.",
      'a list of "name=command", such as "test=npm test"',
    ).default([]),
    toolFolders: key(
      z.array(z.string().min(1)),
      "Folders in the home folder that checks may read in the sandbox, such as ~/.cargo.",
      "a list of folders",
      { path: true },
    ).default([]),
    apply: key(
      z.enum(applyWays),
      "Where a change goes: into the files, or into a commit as well.",
      oneOf(applyWays),
    ).default("files"),
    allowCi: list("Files that other machines run, which it may change all the same.", "patterns").default([]),
    mostFiles: wholeNumber("Changes of more files take a click or a key.", 1, 1_000).default(5),
    mostLines: wholeNumber("Changes of more lines take a click or a key.", 1, 1_000_000).default(400),
    approvalMs: wholeNumber(
      "So long a change may be approved before it has to be shown again.",
      1_000,
      86_400_000,
    ).default(600_000),
  }),
  models: z
    .strictObject({
      servers: key(
        z.array(z.string().regex(/^[a-z][a-z0-9-]*=https?:\/\/\S+$/)),
        "Programs that serve models, by name: Ollama, LM Studio, llama-server, llama-swap, vLLM.",
        'a list of "name=url", such as "ollama=http://127.0.0.1:11434"',
      ).default(["ollama=http://127.0.0.1:11434"]),
      priorities: key(
        z.array(z.string()),
        "Those that are vLLM and run with `--scheduling-policy priority`: there the voice goes first.",
        'a list of names in models.servers, such as "desk"',
      ).default([]),
      sleepLevels: key(
        z.array(z.string().regex(/^[^=]+=[12]$/)),
        "How deep a vLLM sleeps while its model is unloaded: 1, the usual one, keeps the weights in RAM; 2 keeps nothing.",
        'a list of "name=level" with a name in models.servers and 1 or 2, such as "desk=2"',
      ).default([]),
      adapters: key(
        z.array(z.string().regex(/^[^:=]+:[^=\s]+=\S.*$/)),
        "LoRA adapters that a vLLM may load while it runs, as paths on its machine; `desk:sql` is then a model like others.",
        'a list of "name:adapter=path" with a name in models.servers, such as "desk:sql=/srv/sql-lora"',
      ).default([]),
    })
    .check(({ value, issues }) => {
      const names = new Set(value.servers.map((text) => text.replace(/=.*/, "")));
      for (const key of ["priorities", "sleepLevels", "adapters"] as const) {
        if (value[key].every((text) => names.has(text.replace(/[:=].*/, "")))) continue;
        issues.push({ code: "custom", path: [key], input: value[key], message: "No such server" });
      }
    }),
  memory: z.strictObject({
    reserveBytes: bytes("Memory of the system that models never get.").default(2_000_000_000),
    slotBytes: bytes("Most that director and coder may take together; otherwise what is left.").optional(),
  }),
  speech: z.strictObject({
    voice: key(z.string().min(1), "The voice that answers.", "slt, rms, awb or kal").default("slt"),
    speed: key(z.number().min(0.25).max(1.5), "How fast it speaks; 1 is normal.", "a number from 0.25 to 1.5").default(
      1,
    ),
  }),
  turn: z.strictObject({
    mode: key(
      z.enum(modes),
      "Who decides that you are done, until a client says otherwise: silence alone, or silence and words.",
      oneOf(modes),
    ).default("semantic_vad"),
    silenceMs: wholeNumber("Silence that ends a turn (`server_vad`).", 100, 10_000).default(500),
    eagerness: key(z.enum(eagernesses), "How soon to answer (`semantic_vad`).", oneOf(eagernesses)).default("auto"),
  }),
  routing: z.strictObject({
    coding: trueOrFalse('Whether coding tasks are recognised by their words, such as "ask the coder …".').default(true),
    asked: trueOrFalse('Whether "ask the director …" goes to the director.').default(true),
    tasks: list("Tasks that go to the director by their first word.", "words such as plan, compare").default([]),
    hardFrom: key(
      z.number().min(0).max(2),
      "Questions at least so hard (0 to 1, by length and kind of words) go to the director; 2 sends none.",
      "a number from 0 to 2",
    ).default(2),
    fallback: key(
      z.enum(fallbacks),
      "Whether the voice itself passes on to the director what is too hard for it: `on` takes one that calls functions, `auto` means the starter alone.",
      oneOf(fallbacks),
    ).default("auto"),
  }),
  log: z.strictObject({
    level: key(z.enum(levels), "How much is logged.", oneOf(levels)).default("info"),
    file: key(z.string().min(1), "File to log to instead of standard error.", "the path of a file", {
      path: true,
    }).optional(),
  }),
});
export type Config = z.output<typeof configSchema>;

/** One setting, as flags, environment, files and people name it. */
export interface ConfigKey extends KeyNotes {
  /** "server.port" */
  readonly name: string;
  /** "SOTTO_SERVER_PORT" */
  readonly variable: string;
  readonly kind: "text" | "number" | "boolean" | "list";
  readonly fallback: unknown;
}

export const configKeys: readonly ConfigKey[] = keysOf(configSchema, "");

/** Keys that hold other keys: "server", "voice", … */
export const configSections: ReadonlySet<string> = new Set(
  configKeys.flatMap(({ name }) => (name.includes(".") ? [name.slice(0, name.lastIndexOf("."))] : [])),
);

function keysOf(schema: z.ZodObject, prefix: string): ConfigKey[] {
  return Object.entries(schema.shape).flatMap(([part, field]): ConfigKey[] => {
    const name = `${prefix}${part}`;
    if (field instanceof z.ZodObject) return keysOf(field, `${name}.`);
    const wrapped = field instanceof z.ZodDefault || field instanceof z.ZodOptional;
    const inner = wrapped ? field.unwrap() : field;
    const noted = inner instanceof z.ZodType ? notes.get(inner) : undefined;
    if (noted === undefined) throw new TypeError(`The key ${name} lacks its notes`);
    const kind =
      inner instanceof z.ZodNumber
        ? "number"
        : inner instanceof z.ZodBoolean
          ? "boolean"
          : inner instanceof z.ZodArray
            ? "list"
            : "text";
    const fallback = field instanceof z.ZodDefault ? field.def.defaultValue : undefined;
    return [{ ...noted, name, variable: variableOf(name), kind, fallback }];
  });
}

function variableOf(name: string): string {
  return `SOTTO_${name
    .replace(/([A-Z])/g, "_$1")
    .replace(".", "_")
    .toUpperCase()}`;
}
