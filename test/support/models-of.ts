import { ModelError } from "../../models/errors.ts";
import type { Lease, Models, Role, Roles } from "../../models/roles.ts";

/** Models that are always there, unless `check` throws. */
export function modelsOf(engines: Partial<Roles>, check: (role: Role) => void = () => undefined): Models {
  return {
    async lease<R extends Role>({ role }: { readonly role: R }): Promise<Lease<R>> {
      check(role);
      const engine: Partial<Roles>[R] = engines[role];
      if (engine === undefined) throw new ModelError("not-installed", `No ${role}`);
      return { model: "test", engine, [Symbol.dispose]: () => undefined };
    },
    ...noSwaps,
  };
}

/** What models that never come and go have to say of memory. */
export const noSwaps: Pick<Models, "forecast" | "hint" | "holdVoiceTurn" | "status" | "watch"> = {
  forecast: (role) =>
    role === "director" || role === "coder"
      ? { status: "unavailable", why: `There is no ${role}` }
      : { status: "ready", model: "test", waitMs: 0 },
  hint: () => undefined,
  holdVoiceTurn: () => ({ [Symbol.dispose]: () => undefined }),
  status: () => ({ models: [], pools: [], swap: null, sticky: null }),
  watch: () => ({ [Symbol.dispose]: () => undefined }),
};
