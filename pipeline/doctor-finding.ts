import type { Config } from "./config.ts";

/** What one check found. */
export interface Finding {
  readonly what: string;
  /** "warning": something is missing that only some people need. */
  readonly status: "ok" | "warning" | "failed";
  readonly detail: string;
  /** What to do about it; missing when all is well. */
  readonly remedy?: string;
}

export type Check = (config: Config) => Promise<Finding>;
