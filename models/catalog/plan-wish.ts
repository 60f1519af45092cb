import type { StorageTier } from "../memory/load-time.ts";
import type { LanguageRole } from "../roles.ts";

/** What somebody wants from a machine. */
export interface PlanWish {
  readonly roles: readonly LanguageRole[];
  /** People who talk at the same time. */
  readonly users: number;
  /** `throughput`: many short tasks, so a fast model that is good enough and a good one, both always there. */
  readonly prefer: "quality" | "throughput";
  readonly storage: StorageTier;
}
