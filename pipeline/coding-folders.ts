import { homedir } from "node:os";
import type { Config } from "./config.ts";
import { type ResolvedWorkspace, resolveWorkspace } from "./handoff/workspace/allowed-folders.ts";

/** Each folder that coding is allowed in, by its real path, or a sentence why it cannot be. In the order of the configuration. */
export async function codingFolders({
  workspace,
  home,
}: Pick<Config, "workspace" | "home">): Promise<readonly ResolvedWorkspace[]> {
  const forbidden = { homeDir: homedir(), sottoHome: home };
  return await Promise.all(workspace.map((folder) => resolveWorkspace([folder], null, forbidden)));
}
