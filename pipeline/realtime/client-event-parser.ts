import { type ClientEvent, type ClientEventType, clientEventSchemas } from "./client-events.ts";
import { type RealtimeError, realtimeError } from "./errors.ts";
import { errorOfIssue, typeName } from "./zod-issue.ts";

export type ParsedClientEvent =
  | { readonly ok: true; readonly event: ClientEvent }
  | { readonly ok: false; readonly error: RealtimeError };

/** Deeper than any event has reason to be; a config nested further would exhaust the stack when it is echoed. */
const depthLimit = 64;
const eventIdChars = 512;

/** Reads one text frame from a client. Never throws; an error names the field and repeats the client's event id. */
export function parseClientEvent(text: string): ParsedClientEvent {
  const read = readJson(text);
  if (!read.ok) return failed("invalid_json", "The message is not valid JSON.");
  const { value } = read;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return failed("invalid_event", "An event must be a JSON object.");
  }
  const eventId = ownString(value, "event_id");
  const type = Object.getOwnPropertyDescriptor(value, "type")?.value;
  if (type === undefined) return failed("invalid_event", "The 'type' field is missing.", "type", eventId);
  if (typeof type !== "string") {
    const message = `Invalid type for 'type': expected a string, but got ${typeName(type)} instead.`;
    return failed("invalid_type", message, "type", eventId);
  }
  if (!isClientEventType(type)) {
    const found = type.slice(0, 80);
    const known = Object.keys(clientEventSchemas).map((name) => `'${name}'`);
    return failed(
      "invalid_value",
      `Invalid value: '${found}'. Supported values are: ${known.join(", ")}.`,
      "type",
      eventId,
    );
  }
  if (isDeeperThan(value, depthLimit)) {
    return failed("invalid_event", `The event is nested more than ${depthLimit} levels deep.`, undefined, eventId);
  }
  const parsed = clientEventSchemas[type].safeParse(value);
  if (parsed.success) return { ok: true, event: parsed.data };
  return { ok: false, error: errorOfIssue(parsed.error, value, { eventId }) };
}

function isClientEventType(type: string): type is ClientEventType {
  return Object.hasOwn(clientEventSchemas, type);
}

function readJson(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

function ownString(value: object, key: string): string | undefined {
  const found: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
  return typeof found === "string" ? found.slice(0, eventIdChars) : undefined;
}

function isDeeperThan(value: object, limit: number): boolean {
  let level: object[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: object[] = [];
    for (const container of level) {
      for (const inner of Object.values(container)) if (typeof inner === "object" && inner !== null) next.push(inner);
    }
    level = next;
  }
  return false;
}

function failed(
  code: "invalid_json" | "invalid_event" | "invalid_value" | "invalid_type",
  message: string,
  param?: string,
  eventId?: string,
): ParsedClientEvent {
  return { ok: false, error: realtimeError(code, message, { param, eventId }) };
}
