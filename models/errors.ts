/** Why a model could not do what was asked; a caller may act on the code. */
export const modelErrorCodes = [
  /** No model is installed for this role. */
  "not-installed",
  /** The model's files are missing, truncated or not what they claim to be. */
  "bad-model",
  /** A native library or engine package cannot be loaded on this machine. */
  "engine-missing",
  /** The process that runs the model ended; it is being restarted. */
  "host-exited",
  /** The engine refused or failed on this request. */
  "engine-failed",
  /** There is no room for another request now. */
  "busy",
  /** It does not fit into the memory that may be used; the message has the numbers. */
  "no-memory",
  /** The program that serves the model does not answer. */
  "server-down",
  /** The program that serves the model cannot do this; the message says which and why. */
  "unsupported",
] as const;
export type ModelErrorCode = (typeof modelErrorCodes)[number];

/** The one error class of `models/`. The message says what failed and what to do about it. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
