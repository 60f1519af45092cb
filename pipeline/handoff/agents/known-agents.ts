/** What we know of an agent whose command is configured. */
export interface KnownAgent {
  /** How it is called in sentences. */
  readonly name: string;
  /** How to get it; null when that is not one command. */
  readonly install: string | null;
  /** What its command is given to log in, when it does not say so itself. */
  readonly login: readonly string[];
  /** What it keeps for itself below the user's home: settings, logins, logs. */
  readonly keeps: readonly string[];
}

const known: Readonly<Record<string, KnownAgent>> = {
  opencode: {
    name: "OpenCode",
    install: "npm install -g opencode-ai",
    login: ["auth", "login"],
    keeps: xdg("opencode"),
  },
  qwen: { name: "Qwen Code", install: "npm install -g @qwen-code/qwen-code", login: [], keeps: [".qwen"] },
  gemini: { name: "Gemini CLI", install: "npm install -g @google/gemini-cli", login: [], keeps: [".gemini"] },
  goose: { name: "Goose", install: null, login: ["configure"], keeps: xdg("goose") },
  "claude-agent-acp": {
    name: "Claude",
    install: "npm install -g @agentclientprotocol/claude-agent-acp",
    login: [],
    keeps: [".claude", ".claude.json"],
  },
  "codex-acp": { name: "Codex", install: "npm install -g @zed-industries/codex-acp", login: [], keeps: [".codex"] },
};

/** @param command as configured: a name on PATH or an absolute path */
export function knownAgent(command: string): KnownAgent {
  const bare = command.replace(/^.*[\\/]/, "").replace(/\.(cmd|exe|[cm]?js)$/, "");
  return known[bare] ?? { name: `The agent "${bare}"`, install: null, login: [], keeps: [] };
}

function xdg(name: string): readonly string[] {
  return [".config", ".local/share", ".local/state", ".cache"].map((place) => `${place}/${name}`);
}
