import { RefusedPath } from "../file-gate.ts";

/** For `catch`: takes a refused path for nothing there, and throws everything else again. */
export function nullIfRefused(error: unknown): null {
  if (error instanceof RefusedPath) return null;
  throw error;
}
