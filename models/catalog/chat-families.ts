import type { CatalogModel } from "./catalog-model.ts";

/** Families whose chat templates were tried: Sotto's own llama.cpp can talk to them. */
const talkedTo: ReadonlySet<string> = new Set(["qwen3", "qwen2.5-coder", "llama3", "gemma3", "mistral", "gpt-oss"]);

/** Whether Sotto's own llama.cpp can talk to it; otherwise a server must that knows how. */
export function isTalkedTo({ family }: CatalogModel): boolean {
  return talkedTo.has(family);
}

/** What `sotto models pull` is to be given for it. */
export function pullName(model: CatalogModel): string {
  return isTalkedTo(model) ? model.id : `ollama:${model.id}`;
}
