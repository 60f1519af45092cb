import { expect, test } from "vitest";
import { clientItemSchema, itemOf } from "../../../pipeline/realtime/client-items.ts";
import { idSource } from "../../../pipeline/realtime/ids.ts";
import { everyItem } from "./every-server-event.ts";

const newId = idSource((bytes) => bytes.fill(0));
const zeros = "0".repeat(21);
const made = (given: object) => itemOf(clientItemSchema.parse(given), newId);

test("what a client leaves out is filled in, and nothing is null that must not be", () => {
  expect(made({ type: "message", role: "user", content: [{ type: "input_audio", audio: "AAA=" }] })).toEqual({
    id: `item_${zeros}`,
    object: "realtime.item",
    type: "message",
    status: "completed",
    role: "user",
    content: [{ type: "input_audio", transcript: null, audio: "AAA=" }],
  });
  expect(made({ id: null, status: null, type: "function_call", name: "now", arguments: "{}", call_id: null })).toEqual({
    id: `item_${zeros}`,
    object: "realtime.item",
    status: "completed",
    type: "function_call",
    name: "now",
    call_id: `call_${zeros}`,
    arguments: "{}",
  });
});

test("the names of the retired protocol are read as today's", () => {
  const old = made({ type: "message", role: "assistant", content: [{ type: "text", text: "Hi" }, { type: "audio" }] });
  expect(old).toMatchObject({
    content: [
      { type: "output_text", text: "Hi" },
      { type: "output_audio", transcript: "" },
    ],
  });
});

test.each(everyItem.map((item) => [item.type, item] as const))("%s comes back as it was sent", (_type, item) => {
  expect(made(JSON.parse(JSON.stringify(item)))).toEqual(item);
});
