import type { ModelError } from "../errors.ts";
import type { ModelStatus, Role } from "../roles.ts";

/** A role whose model is configured but cannot be had; asking for it says why. */
export interface MissingModel {
  readonly role: Role;
  readonly model: string;
  readonly error: ModelError;
}

export function statusOfMissing({ role, model, error }: MissingModel): ModelStatus {
  return { role, model, state: "failed", bytes: 0, pinned: false, leases: 0, note: error.message };
}
