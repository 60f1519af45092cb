import { expect, test } from "vitest";
import { announcements } from "../../clients/mic/announcements.ts";
import { remaining, shownBytes, swapText } from "../../clients/residency-picture.ts";
import { type TalkState, talkStart } from "../../clients/talk-state.ts";
import { talkStep } from "../../clients/talk-step.ts";
import { parseServerEvent } from "../../pipeline/realtime/server-event-schema.ts";
import { build } from "../../pipeline/realtime/server-events.ts";

const swap = { role: "director", model: "big", leaving: [], elapsed_ms: 500, expected_ms: 4_500 };

test("a swap is told in words, and counted down", () => {
  expect(swapText(swap)).toBe("Bringing up the director");
  expect(swapText({ ...swap, leaving: ["code"] })).toBe("Bringing up the director; code leaves");
  expect([0, 1_000, 3_800, 9_000].map((ms) => remaining(swap, ms))).toEqual(["4 s", "3 s", "any moment", "any moment"]);
  expect(remaining({ ...swap, expected_ms: 90_500 }, 0)).toBe("1 min 30 s");
});

test("bytes are shown as people say them", () => {
  expect([6.44e9, 1.1e8].map(shownBytes)).toEqual(["6.4 GB", "110 MB"]);
});

test("what the service tells of memory is in the picture, and a swap is announced once", () => {
  const told = [
    build.residency({
      models: [{ role: "voice", model: "small", state: "ready", bytes: 1e8, pinned: true, leases: 0 }],
      pools: [{ id: "ram", kind: "ram", capacityBytes: 8e9, reserveBytes: 1e9, foreignBytes: 0, usedBytes: 1e8 }],
      swap: null,
      sticky: null,
    }),
    build.slot({ role: "director", model: "big", leaving: [], elapsedMs: 0, expectedMs: 4_000 }),
  ];
  const events = told.map((event) => parseServerEvent(JSON.stringify({ ...event, event_id: "event_1" })));
  const pictures: TalkState[] = [talkStart];
  for (const event of events) {
    if (event !== undefined) pictures.push(talkStep(pictures.at(-1) ?? talkStart, { type: "server", event }));
  }
  const [, , last = talkStart] = pictures;
  expect(last.residency?.models[0]?.model).toBe("small");
  expect(last.residency?.pools[0]?.used_bytes).toBe(1e8);
  const news = pictures.slice(1).flatMap((after, index) => announcements(pictures[index] ?? talkStart, after));
  expect(news).toEqual([{ type: "swap", role: "director", model: "big", expected_ms: 4_000 }]);
});
