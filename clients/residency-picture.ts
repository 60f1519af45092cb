import type { ServerEventMessage } from "../pipeline/realtime/server-event-schema.ts";

type Event<Type extends ServerEventMessage["type"]> = Extract<ServerEventMessage, { type: Type }>;

/** Models and memories, as the service tells them. */
export type ResidencyPicture = Pick<Event<"sotto.residency">, "models" | "pools" | "sticky">;
export type Swap = NonNullable<Event<"sotto.slot">["swap"]>;

const spokenRoles: Readonly<Record<string, string>> = {
  vad: "speech detector",
  stt: "recogniser",
  tts: "speaker",
  voice: "voice",
  director: "director",
  coder: "coder",
};

export function roleName(role: string): string {
  return spokenRoles[role] ?? role;
}

/** "bringing up the director", "director leaves, coder comes". */
export function swapText({ role, leaving }: Swap): string {
  return leaving.length === 0
    ? `Bringing up the ${roleName(role)}`
    : `Bringing up the ${roleName(role)}; ${leaving.join(" and ")} ${leaving.length === 1 ? "leaves" : "leave"}`;
}

/** "4 s", "1 min 20 s"; what is overdue is "any moment". */
export function remaining({ elapsed_ms, expected_ms }: Swap, sinceMs: number): string {
  const seconds = Math.round((expected_ms - elapsed_ms - sinceMs) / 1_000);
  if (seconds < 1) return "any moment";
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** "6.4 GB", "110 MB". */
export function shownBytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
