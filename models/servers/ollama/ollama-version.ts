/**
 * Which of its two lives an Ollama is in. Until 0.29 it computed by itself and laid models out over the memory exactly; since 0.30 it
 * starts one `llama-server` for each model and reads from its log what that took.
 */
export type OllamaProfile = "own-engine" | "llama-server";

/** From `/api/version`; a version that does not look like one (built by oneself: "0.0.0") is taken for a new one. */
export function profileOf(version: string): OllamaProfile {
  const [major, minor] = version.split(".").map(Number);
  const known = major !== undefined && minor !== undefined && Number.isFinite(major) && Number.isFinite(minor);
  return known && major === 0 && minor > 0 && minor < 30 ? "own-engine" : "llama-server";
}
