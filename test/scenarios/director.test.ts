import { describe, expect, test } from "vitest";
import { ModelError } from "../../models/errors.ts";
import type { ReplyPart, ReplyRequest } from "../../models/roles.ts";
import { messagesOf } from "../../pipeline/conversation/messages.ts";
import { World, type WorldScript } from "../support/world.ts";

const say = (text: string): ReplyPart[] => [{ type: "text", text }];
const askedFor = ({ messages }: ReplyRequest): string => {
  const last = messages.at(-1);
  return last !== undefined && "text" in last ? last.text : "";
};
const said = (world: World): string[] =>
  messagesOf("", world.session.conversation.items).flatMap((message) =>
    "text" in message ? [`${message.from}: ${message.text}`] : [],
  );
const echo: WorldScript["answer"] = (request) => say(`You said ${askedFor(request)}.`);
const wise: WorldScript["answer"] = () => say("Memory is short. Lists are long.");

describe("a question for the director", () => {
  test("is bridged by the voice, which goes on answering, and then answered by the director", async () => {
    await using world = new World({
      heard: ["ask the director about memory", "what time is it"],
      answer: echo,
      director: { loadMs: 4_000, answer: wise },
    });
    await world.speak(640, 2_500);
    await world.speak(640, 6_000);
    expect(said(world)).toEqual([
      "user: ask the director about memory",
      "assistant: Give me about four seconds; I am bringing up the director.",
      "user: what time is it",
      "assistant: You said what time is it.",
      "assistant: Memory is short. Lists are long.",
    ]);
    // While the person still spoke, and once.
    expect(world.trips.filter((trip) => trip.startsWith("hinted at director"))).toHaveLength(1);
    expect(Number(world.trips[0]?.split("@")[1])).toBeLessThan(
      world.times("input_audio_buffer.speech_stopped")[0] ?? 0,
    );
    expect(world.times("response.created")).toHaveLength(3);
    expect(world.times("response.done")).toHaveLength(3);
  });

  test("is owed from the bridge until the answer to it begins; clients are told", async () => {
    await using world = new World({
      heard: ["ask the director about memory", "what time is it"],
      answer: echo,
      director: { loadMs: 4_000, answer: wise },
    });
    await world.speak(640, 2_500);
    await world.speak(640, 6_000);
    const states = world.events.flatMap(({ event }) => (event.type === "sotto.state" ? [event] : []));
    const owed = states.map((state) => state.owed);
    expect(owed.filter((count, index) => count !== owed[index - 1])).toEqual([0, 1, 0]);
    // There is no moment in which nothing is owed and nobody is about to speak.
    expect(states[owed.lastIndexOf(1) + 1]?.state).toBe("thinking");
  });

  test("is answered in the same breath when the director is there", async () => {
    await using world = new World({
      heard: ["ask the director about memory"],
      answer: echo,
      director: { loadMs: 0, answer: wise },
    });
    await world.speak(640, 4_000);
    expect(said(world).slice(1)).toEqual(["assistant: Memory is short. Lists are long."]);
    expect(world.times("response.created")).toHaveLength(1);
    expect(world.writer.requests).toEqual([]);
  });

  test("may be passed on by the voice itself", async () => {
    await using world = new World({
      heard: ["why is the sky blue"],
      answer: () => [{ type: "call", name: "ask_director", argumentsJson: "{}" }],
      director: { loadMs: 3_000, answer: (request) => say(`About ${askedFor(request)}.`) },
      toolbox: { specs: [{ name: "ask_director", description: "", parameters: {} }], run: async () => "{}" },
    });
    await world.speak(640, 7_000);
    expect(said(world).slice(1)).toEqual([
      "assistant: Give me about three seconds; I am bringing up the director.",
      "assistant: About why is the sky blue.",
    ]);
  });

  test("is not passed on by the voice where that is switched off, only by its words", async () => {
    await using world = new World({
      heard: ["why is the sky blue", "ask the director about memory"],
      answer: ({ tools }) => {
        const mayPass = tools.some(({ name }) => name === "ask_director");
        return mayPass ? [{ type: "call", name: "ask_director", argumentsJson: "{}" }] : say("I do not know.");
      },
      director: { loadMs: 0, answer: wise },
      routing: { fallback: "off" },
      toolbox: { specs: [{ name: "ask_director", description: "", parameters: {} }], run: async () => "{}" },
    });
    await world.speak(640, 3_000);
    await world.speak(640, 4_000);
    expect(said(world)).toEqual([
      "user: why is the sky blue",
      "assistant: I do not know.",
      "user: ask the director about memory",
      "assistant: Memory is short. Lists are long.",
    ]);
  });

  test("is answered by the voice, which says so, when there is no director", async () => {
    await using world = new World({ heard: ["ask the director about memory"], answer: echo });
    await world.speak(640, 5_000);
    expect(said(world).slice(1)).toEqual([
      "assistant: The director is not available: There is no director. You said ask the director about memory.",
    ]);
  });

  test("is answered by the voice when the director turns out not to come", async () => {
    await using world = new World({
      heard: ["ask the director about memory"],
      answer: echo,
      director: { loadMs: 2_000, answer: wise, fails: "It needs 9.8 GB, 7.1 GB is free." },
    });
    await world.speak(640, 12_000);
    expect(said(world).slice(1)).toEqual([
      "assistant: Give me about two seconds; I am bringing up the director.",
      "assistant: The director is not available: It needs 9.8 GB, 7.1 GB is free. You said ask the director about memory.",
    ]);
  });

  test("is answered by the voice when the director fails in the very turn", async () => {
    await using world = new World({
      heard: ["ask the director about memory"],
      answer: echo,
      director: { loadMs: 300, answer: wise, fails: "Its file is damaged." },
    });
    await world.speak(640, 6_000);
    expect(said(world).slice(1)).toEqual([
      "assistant: The director is not available: Its file is damaged. You said ask the director about memory.",
    ]);
  });

  test("breaks off with a word of regret when the director does", async () => {
    await using world = new World({
      heard: ["ask the director about memory"],
      answer: echo,
      director: {
        loadMs: 0,
        answer: async function* () {
          yield* say("Memory is short.");
          throw new ModelError("engine-failed", "It fell over");
        },
      },
    });
    await world.speak(640, 6_000);
    expect(said(world).slice(1)).toEqual(["assistant: Memory is short. I am afraid the rest of the answer is lost."]);
  });

  test("waits until nobody speaks", async () => {
    await using world = new World({
      heard: ["ask the director about memory", "and now a long story"],
      answer: echo,
      director: { loadMs: 3_000, answer: wise },
    });
    await world.speak(640, 2_000);
    await world.speak(3_000, 4_000);
    expect(said(world).slice(-3)).toEqual([
      "user: and now a long story",
      "assistant: You said and now a long story.",
      "assistant: Memory is short. Lists are long.",
    ]);
  });

  test("is dropped by “never mind”, and the load given up", async () => {
    await using world = new World({
      heard: ["ask the director about memory", "never mind"],
      answer: echo,
      director: { loadMs: 9_000, answer: wise },
    });
    await world.speak(640, 4_500);
    await world.speak(640, 9_000);
    expect(said(world).slice(2)).toEqual(["user: never mind", "assistant: All right, I leave it."]);
    expect(world.trips).toHaveLength(3);
    expect(world.trips[2]).toMatch(/given up/);
  });

  test("can be talked over like any answer", async () => {
    await using world = new World({
      heard: ["ask the director about memory", "what time is it"],
      answer: echo,
      director: {
        loadMs: 2_000,
        answer: () => say(`Memory is short. ${"On and on it goes. ".repeat(12)}There is much to say.`),
      },
    });
    await world.speak(640, 4_400);
    await world.speak(960, 4_000);
    const [, , told, question, answer] = said(world);
    expect(told).toMatch(/^assistant: Memory is short\./);
    expect(told).not.toMatch(/much to say/);
    expect([question, answer]).toEqual(["user: what time is it", "assistant: You said what time is it."]);
  });

  test("leaves nothing behind when the client goes", async () => {
    const world = new World({
      heard: ["ask the director about memory"],
      answer: echo,
      director: { loadMs: 9_000, answer: wise },
    });
    await world.speak(640, 3_000);
    await world[Symbol.asyncDispose]();
    expect(world.trips.at(-1)).toMatch(/given up/);
    expect(world.holds.length % 2).toBe(0);
  });
});

test("heavy models keep still from the first word of a turn to the first sound of its answer", async () => {
  await using world = new World({ heard: ["hello"], answer: echo, sttMs: 100 });
  await world.speak(640, 4_000);
  const [held, letGo, ...more] = world.holds;
  expect(held).toBe(`held @${world.times("input_audio_buffer.speech_started")[0]}`);
  expect(letGo).toBe(`let go @${world.audio[0]?.atMs}`);
  expect(more).toEqual([]);
});

test("but not for an answer that a heavy model is making", async () => {
  await using world = new World({
    heard: ["ask the director about memory"],
    answer: echo,
    director: {
      loadMs: 0,
      answer: async function* (_request, clock, signal) {
        await clock.sleep(2_000, signal);
        yield* say("At last.");
      },
    },
  });
  await world.speak(640, 6_000);
  const [, letGo] = world.holds;
  expect(letGo).toBe(`let go @${world.times("response.created")[0]}`);
});
