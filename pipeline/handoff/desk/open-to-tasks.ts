import type { Config } from "../../config.ts";

/** What of the settings decides whether tasks are taken. */
export interface TaskSettings {
  readonly coder: Pick<Config["coder"], "model" | "agent">;
  readonly server: Pick<Config["server"], "requireToken">;
  readonly workspace: Config["workspace"];
}

/** What in the settings is in the way of handing anything off, in a sentence; null when nothing is. */
export function whyNoTasks({ coder, server, workspace }: TaskSettings): string | null {
  if (coder.model === "off" && coder.agent.length === 0) {
    return 'There is no coder: set coder.model to a model, or to "starter", and start Sotto again.';
  }
  // It has the network, and where every program may come in it could say yes to its own change.
  if (coder.agent.length > 0 && !server.requireToken) {
    return "An agent that is another program could approve its own changes, because Sotto asks for no token. Start Sotto again without --no-token.";
  }
  if (workspace.length > 0) return null;
  return "The coder may not change any folder yet. Start Sotto with --workspace and the folder of a project, then ask again.";
}
