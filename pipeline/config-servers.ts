import type { Config } from "./config.ts";

/** A program that serves models, with what only its owner knows of it. */
export interface ConfiguredServer {
  readonly name: string;
  readonly url: string;
  /** What was said of a vLLM; left out when nothing was. */
  readonly vllm?: {
    readonly priorities?: true;
    readonly sleepLevel?: 1 | 2;
    /** Paths on its machine, by the names that models have there. */
    readonly adapters?: Readonly<Record<string, string>>;
  };
}

/** The servers of the configuration, whose texts the schema let through. */
export function configuredServers({
  servers,
  priorities,
  sleepLevels,
  adapters,
}: Config["models"]): readonly ConfiguredServer[] {
  return servers.map((text) => {
    const [name, url] = cut(text, "=");
    const level = sleepLevels.map((it) => cut(it, "=")).findLast(([server]) => server === name)?.[1];
    const own = adapters.map((it) => cut(it, ":")).flatMap(([server, it]) => (server === name ? [cut(it, "=")] : []));
    const vllm = {
      ...(priorities.includes(name) ? { priorities: true as const } : {}),
      ...(level === undefined ? {} : { sleepLevel: level === "2" ? (2 as const) : (1 as const) }),
      ...(own.length === 0 ? {} : { adapters: Object.fromEntries(own) }),
    };
    return { name, url, ...(Object.keys(vllm).length === 0 ? {} : { vllm }) };
  });
}

function cut(text: string, mark: string): readonly [before: string, behind: string] {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + 1)];
}
