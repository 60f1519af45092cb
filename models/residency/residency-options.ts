import type { Clock } from "../clock.ts";
import type { ModelServer } from "../servers/model-server.ts";
import type { FixedEngines } from "./fixed-engines.ts";
import type { InstalledModel } from "./installed-model.ts";
import type { OthersIn } from "./left-behind.ts";
import type { MissingModel } from "./missing-models.ts";
import type { Report } from "./report.ts";
import type { Pool, RolePlan } from "./residency-state.ts";
import type { Settings } from "./settings.ts";

export interface ResidencyOptions {
  readonly pools: readonly Pool[];
  readonly installed: readonly InstalledModel[];
  readonly roles: readonly RolePlan[];
  readonly missing?: readonly MissingModel[];
  /** By the name that `Model.server` has. */
  readonly servers: ReadonlyMap<string, ModelServer>;
  /** Pinned models are asked for a token now and then, to see whether they are as fast as usual. */
  readonly probesPins?: boolean;
  /** For what a server that ended may have left behind. */
  readonly othersIn?: OthersIn;
  /** Speech: in memory from the start. */
  readonly engines: FixedEngines;
  readonly settings?: Settings;
  /** Brings a file into the page cache. */
  readonly warm: (path: string) => void;
  /** For the journal. */
  readonly onReport: (report: Report) => void;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}
