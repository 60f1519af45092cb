import type { OllamaApi } from "./ollama-api.ts";

export interface PullProgress {
  readonly status: string;
  /** Of all files that are known of so far. */
  readonly completedBytes: number;
  readonly totalBytes: number;
}

/** A model on its way from the registry. Ollama tells of each file by itself; these are sums, and never go back. */
export async function* pulled(
  api: OllamaApi,
  model: string,
  signal: AbortSignal,
): AsyncGenerator<PullProgress, void, void> {
  const files = new Map<string, { readonly completed: number; readonly total: number }>();
  for await (const { status, digest, completed = 0, total = 0 } of api.pull(model, signal)) {
    if (digest !== undefined) {
      const before = files.get(digest) ?? { completed: 0, total: 0 };
      files.set(digest, { completed: Math.max(before.completed, completed), total: Math.max(before.total, total) });
    }
    const sums = [...files.values()];
    yield {
      status,
      completedBytes: sums.reduce((sum, file) => sum + file.completed, 0),
      totalBytes: sums.reduce((sum, file) => sum + file.total, 0),
    };
  }
}
