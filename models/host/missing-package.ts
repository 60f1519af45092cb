import { ModelError } from "../errors.ts";

/** A package of ours, or its native library, cannot be loaded on this machine: in one line, and what to do about it. */
export function missingPackage(name: string, cause: unknown): ModelError {
  const [why] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
  const todo = "Run `npm install` on this machine; `sotto doctor` shows what works.";
  return new ModelError("engine-missing", `The package ${name} cannot be loaded: ${why}. ${todo}`, { cause });
}
