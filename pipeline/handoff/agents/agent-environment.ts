import { delimiter, isAbsolute } from "node:path";

/** What an agent gets of our environment, and what it was configured with. */
export interface EnvironmentWishes {
  /** Set as they are. */
  readonly set?: Readonly<Record<string, string>>;
  /** Names of variables of ours that it may have too, such as "OPENAI_API_KEY". */
  readonly pass?: readonly string[];
}

/** Without these a program does not start, find its settings or reach its model. Keys and tokens are not among them. */
const needed = new Set(
  `HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM TMPDIR TEMP TMP
  XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME XDG_RUNTIME_DIR
  HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR
  SYSTEMROOT WINDIR COMSPEC PATHEXT APPDATA LOCALAPPDATA USERPROFILE HOMEDRIVE HOMEPATH PROGRAMFILES PROGRAMDATA`.split(
    /\s+/,
  ),
);

/** @param ours environment of this process */
export function agentEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
  { set = {}, pass = [] }: EnvironmentWishes,
): Record<string, string> {
  const taken = Object.entries(ours).flatMap(([name, value]) => {
    const goes = needed.has(name.toUpperCase()) || name.startsWith("LC_") || pass.includes(name);
    return goes && value !== undefined ? [[name, value] as const] : [];
  });
  return {
    ...Object.fromEntries(taken),
    // Nobody is there to answer a question of git's, or to look at colours.
    GIT_TERMINAL_PROMPT: "0",
    NO_COLOR: "1",
    ...set,
    PATH: searchFolders(set["PATH"] ?? ours["PATH"] ?? "").join(delimiter),
  };
}

/** Folders that commands are looked for in. A relative one would be looked for in the copy, where anything may lie. */
export function searchFolders(path: string): readonly string[] {
  return path.split(delimiter).filter(isAbsolute);
}
