import type { LoadOptions } from "../servers/model-server.ts";
import type { Model } from "./residency-state.ts";

/** A model as the budgeter knows it, and how its server is asked for each rung of its ladder. */
export interface InstalledModel {
  readonly model: Model;
  /** By `Variant.id`. */
  readonly variants: ReadonlyMap<
    string,
    { readonly model: string; readonly options: LoadOptions; readonly path?: string }
  >;
}
