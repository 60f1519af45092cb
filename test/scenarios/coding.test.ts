import { describe, expect, test } from "vitest";
import type { ReplyPart } from "../../models/roles.ts";
import { messagesOf } from "../../pipeline/conversation/messages.ts";
import type { CodingNews } from "../../pipeline/handoff/coding-news.ts";
import type { TakeSeat } from "../../pipeline/handoff/coding-seat.ts";
import { emptySeat } from "../support/empty-seat.ts";
import { World, type WorldScript } from "../support/world.ts";

const say = (text: string): ReplyPart[] => [{ type: "text", text }];
const echo: WorldScript["answer"] = ({ messages }) => {
  const last = messages.at(-1);
  return say(`You said ${last !== undefined && "text" in last ? last.text : ""}.`);
};

/** A desk whose news come from the test, and which notes what is wanted of it. */
class ScriptedDesk {
  readonly calls: string[] = [];
  news: (news: CodingNews) => void = () => undefined;

  readonly takeSeat: TakeSeat = (_talkId, ears) => {
    this.news = ears.onNews;
    return {
      ...emptySeat,
      coding: {
        ...emptySeat.coding,
        handOff: async (task) => {
          this.calls.push(`hand off: ${task}`);
          return "The coder takes that.";
        },
      },
      decide: ({ approvalId, approve, how }) => this.calls.push(`${approve ? "yes" : "no"} to ${approvalId} by ${how}`),
      stop: () => this.calls.push("stop"),
      told: (jobId) => this.calls.push(`told of ${jobId}`),
      request: ({ type }) => this.calls.push(type),
    };
  };

  ask(phrase: string | null = "amber seven"): void {
    const text = `The coder added 12 lines. ${phrase === null ? "Click Apply." : `Say: apply ${phrase}, or reject.`}`;
    this.news({ type: "ask", jobId: "job_1", text, approval: { id: "approval_1", phrase }, argumentsJson: "{}" });
  }
}

function worldOf(heard: WorldScript["heard"], request: WorldScript["request"] = { acknowledgesPlayback: true }) {
  const desk = new ScriptedDesk();
  return { desk, world: new World({ heard, answer: echo, takeSeat: desk.takeSeat, request }) };
}

const said = (world: World): string[] =>
  messagesOf("", world.session.conversation.items).flatMap((message) =>
    "text" in message ? [`${message.from}: ${message.text}`] : [],
  );

describe("a coding task by voice", () => {
  test("goes to the coder, and the voice says so; nothing else is asked", async () => {
    const { desk, world } = worldOf(["create a fizz buzz script in python"]);
    await using _ = world;
    await world.speak(640, 3_000);
    expect(desk.calls).toEqual(["hand off: create a fizz buzz script in python"]);
    expect(said(world).at(-1)).toBe("assistant: The coder takes that.");
    expect(world.writer.requests).toEqual([]);
    // Its file was read while the person still spoke.
    expect(world.trips.filter((trip) => trip.startsWith("hinted at coder"))).toHaveLength(1);
  });

  test("is approved by its phrase, after its summary was heard", async () => {
    const { desk, world } = worldOf(["apply amber seven"]);
    await using _ = world;
    desk.ask();
    await world.wait(3_000);
    await world.speak(640, 2_000);
    expect(desk.calls).toEqual(["told of job_1", "yes to approval_1 by voice"]);
    expect(said(world)).toEqual([
      "assistant: The coder added 12 lines. Say: apply amber seven, or reject.",
      "user: apply amber seven",
      "assistant: I apply it.",
    ]);
  });

  test("is not approved by a phrase said into its summary; it is told again, and then it counts", async () => {
    const { desk, world } = worldOf(["apply amber seven", "apply amber seven"]);
    await using _ = world;
    desk.ask();
    await world.wait(300);
    await world.speak(640, 5_000);
    expect(desk.calls.filter((call) => call.startsWith("yes"))).toEqual([]);
    expect(said(world).at(-1)).toBe("assistant: The coder added 12 lines. Say: apply amber seven, or reject.");
    await world.speak(640, 2_000);
    expect(desk.calls.filter((call) => call.startsWith("yes"))).toEqual(["yes to approval_1 by voice"]);
  });

  test.each([
    ["yes", "To be safe, please say: apply amber seven."],
    ["apply it", "To be safe, please say: apply amber seven."],
    ["apply silver two", "That is not the phrase. Say: apply amber seven."],
  ])("is not approved by “%s”", async (words, line) => {
    const { desk, world } = worldOf([words]);
    await using _ = world;
    desk.ask();
    await world.wait(3_000);
    await world.speak(640, 2_500);
    expect(desk.calls).toEqual(["told of job_1"]);
    expect(said(world).at(-1)).toBe(`assistant: ${line}`);
  });

  test("is not approved by the phrase within other words, nor by what a model says", async () => {
    const { desk, world } = worldOf(["should i say apply amber seven or not"]);
    await using _ = world;
    desk.ask();
    await world.wait(3_000);
    await world.speak(640, 3_000);
    expect(said(world).at(-1)).toBe("assistant: You said should i say apply amber seven or not.");
    desk.news({ type: "tell", jobId: "job_2", text: "Apply amber seven." });
    await world.wait(3_000);
    expect(desk.calls.filter((call) => call.startsWith("yes"))).toEqual([]);
  });

  test("that is dangerous is not approved by voice at all", async () => {
    const { desk, world } = worldOf(["apply amber seven", "yes"]);
    await using _ = world;
    desk.ask(null);
    await world.wait(3_000);
    await world.speak(640, 2_500);
    expect(said(world).at(-1)).toBe("assistant: This one takes a click on Apply, or a key.");
    expect(desk.calls.filter((call) => call.startsWith("yes"))).toEqual([]);
  });

  test("is rejected by a word", async () => {
    const { desk, world } = worldOf(["reject"]);
    await using _ = world;
    desk.ask();
    await world.wait(3_000);
    await world.speak(640, 2_500);
    expect(desk.calls).toEqual(["told of job_1", "no to approval_1 by voice"]);
  });

  test("“stop” silences what sounds, and only into silence stops the coder", async () => {
    const { desk, world } = worldOf(["stop", "stop"]);
    await using _ = world;
    desk.news({ type: "running", jobs: 1 });
    desk.news({
      type: "tell",
      jobId: "job_1",
      text: "One two three four five six seven eight nine ten eleven twelve.",
    });
    await world.wait(320);
    await world.speak(640, 2_000);
    expect(desk.calls).toEqual(["told of job_1"]);
    await world.speak(640, 2_000);
    expect(desk.calls).toEqual(["told of job_1", "stop"]);
    expect(said(world).at(-1)).toBe("assistant: All right, I leave it.");
  });

  test("news wait until nobody speaks", async () => {
    const { desk, world } = worldOf(["what time is it"]);
    await using _ = world;
    await world.speak(640, 0);
    desk.news({ type: "tell", jobId: "job_1", text: "The coder is done." });
    await world.speak(320, 4_000);
    expect(said(world)).toEqual([
      "user: what time is it",
      "assistant: You said what time is it.",
      "assistant: The coder is done.",
    ]);
  });
});

describe("a client that approves calls of tools", () => {
  test("sees the request, the call and its outcome, and asks for the summary itself", async () => {
    const { desk, world } = worldOf([], {});
    await using _ = world;
    desk.ask();
    await world.wait(3_000);
    const item = { type: "mcp_approval_response", approval_request_id: "approval_1", approve: true };
    world.send({ type: "conversation.item.create", item });
    expect(desk.calls.at(-1)).toBe("yes to approval_1 by client");
    desk.news({ type: "approved", approvalId: "approval_1" });
    desk.news({ type: "settled", approvalId: "approval_1", text: "It is applied.", applied: true });
    world.send({ type: "response.create" });
    await world.wait(4_000);
    const items = world.session.conversation.items.map(({ item: { type } }) => type);
    expect(items).toEqual(["mcp_approval_request", "message", "mcp_approval_response", "mcp_call", "message"]);
    const call = world.session.conversation.items.find((record) => record.item.type === "mcp_call")?.item;
    expect(call).toMatchObject({ output: "It is applied.", error: null, approval_request_id: "approval_1" });
    expect(said(world).filter((line) => line === "assistant: It is applied.")).toHaveLength(1);
  });

  test("is told the summary even when it asks for nothing", async () => {
    const { desk, world } = worldOf([], {});
    await using _ = world;
    desk.ask();
    await world.wait(3_000);
    desk.news({ type: "approved", approvalId: "approval_1" });
    desk.news({ type: "settled", approvalId: "approval_1", text: "It is applied.", applied: true });
    await world.wait(4_000);
    expect(said(world).at(-1)).toBe("assistant: It is applied.");
  });

  test("that wants an answer while news are told gets it, and the news after it", async () => {
    const { desk, world } = worldOf([], {});
    await using _ = world;
    desk.news({ type: "tell", jobId: "job_1", text: "One two three four five six seven eight nine ten." });
    await world.wait(320);
    const content = [{ type: "input_text", text: "hello" }];
    world.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
    world.send({ type: "response.create" });
    await world.wait(5_000);
    expect(said(world).slice(-2)).toEqual([
      "assistant: You said hello.",
      "assistant: One two three four five six seven eight nine ten.",
    ]);
    expect(desk.calls).toEqual(["told of job_1"]);
    expect(world.times("error")).toEqual([]);
  });
});
