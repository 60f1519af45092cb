import type { RealtimeServerEvent } from "openai/resources/realtime/realtime";
import { expectTypeOf, test } from "vitest";
import type { ServerEvent } from "../../../pipeline/realtime/server-events.ts";

/** Keys that the hosted service sends as null although its typings say that they are absent then. */
type NullOnTheWire = "transcript" | "status_details" | "usage" | "noise_reduction" | "transcription";
type Plain = string | number | boolean | null | undefined;
/** Their typings know no readonly. */
type Writable<T> = T extends Plain
  ? T
  : T extends readonly [infer Only]
    ? Writable<Only>[]
    : T extends readonly (infer Element)[]
      ? Writable<Element>[]
      : { -readonly [Key in keyof T]: Writable<Exclude<T[Key], Unsent<Key>>> };
type Unsent<Key> = undefined | (Key extends NullOnTheWire ? null : never);

type Stock = Exclude<ServerEvent, { readonly type: `sotto.${string}` }>;
type Ours<Type extends Stock["type"]> = Writable<Extract<Stock, { type: Type }> & { event_id: string }>;
type Theirs<Type extends string> = Extract<RealtimeServerEvent, { type: Type }>;
/** The types of our events that the official typings would refuse. */
type Refused = { [Type in Stock["type"]]: Ours<Type> extends Theirs<Type> ? never : Type }[Stock["type"]];

test("every event we send is what the official typings promise", () => {
  expectTypeOf<Refused>().toEqualTypeOf<never>();
});
