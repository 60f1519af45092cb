import fc from "fast-check";
import { expect, test } from "vitest";
import {
  answerWithinMs,
  backOffMs,
  type LinkEvent,
  type LinkState,
  linkStart,
  linkStep,
} from "../../clients/link-state.ts";

const gone = { httpStatus: null, code: 1006, reason: "" };

function after(...events: readonly LinkEvent[]) {
  return events.reduce((step, event) => linkStep(step.state, event), linkStart);
}

test("a line that is lost is tried again after a quarter of a second, then ever later, at most five seconds", () => {
  expect([0, 1, 2, 3, 4, 5, 6, 50].map(backOffMs)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  const lost = after({ type: "open" }, { type: "session-updated" }, { type: "socket-close", end: gone });
  expect(lost.state).toMatchObject({ status: "waiting", retryInMs: 250 });
  const twice = linkStep(linkStep(lost.state, { type: "retry-due" }).state, { type: "socket-close", end: gone });
  expect(twice).toMatchObject({
    state: { status: "waiting", retryInMs: 500 },
    effects: [{ do: "schedule-retry", inMs: 500 }],
  });
});

test("audio waits for the session to be agreed on", () => {
  expect(after({ type: "open" })).toEqual({
    state: { status: "greeting", attempt: 0 },
    effects: [{ do: "send-settings" }],
  });
  expect(after({ type: "open" }, { type: "session-updated" })).toEqual({
    state: { status: "ready" },
    effects: [{ do: "send-waiting-audio" }],
  });
});

test("a wrong token is not tried again, a full house is", () => {
  expect(after({ type: "socket-close", end: { ...gone, httpStatus: 401 } })).toMatchObject({
    state: { status: "refused" },
    effects: [],
  });
  expect(after({ type: "socket-close", end: { ...gone, httpStatus: 503 } }).state.status).toBe("waiting");
});

test("who takes the connection and does not answer is waited for no longer than five seconds, then ever longer", () => {
  const due = linkStep(linkStart.state, { type: "answer-due" });
  expect(due).toEqual({
    state: {
      status: "waiting",
      attempt: 1,
      retryInMs: 250,
      why: "the service does not answer",
      httpStatus: null,
      silent: true,
    },
    effects: [{ do: "close-socket" }, { do: "schedule-retry", inMs: 250 }],
  });
  expect(after({ type: "open" }, { type: "answer-due" }).state).toMatchObject({ status: "waiting", silent: true });
  expect(after({ type: "open" }, { type: "session-updated" }, { type: "answer-due" })).toMatchObject({
    state: { status: "ready" },
    effects: [],
  });
  const attempts = [0, 1, 2, 3, 4].map((attempt) => answerWithinMs({ status: "connecting", attempt }));
  expect(attempts).toEqual([5_000, 10_000, 20_000, 30_000, 30_000]);
});

test("who had to give its place to somebody else does not take that of a third by itself", () => {
  const end = { httpStatus: null, code: 4001, reason: "nothing was said for 5 min" };
  const ended = after({ type: "open" }, { type: "session-updated" }, { type: "socket-close", end });
  expect(ended).toEqual({
    state: { status: "refused", why: "nothing was said for 5 min", httpStatus: null },
    effects: [],
  });
  expect(linkStep(ended.state, { type: "restart" }).state.status).toBe("connecting");
});

test("a closed line stays closed, and nothing but that ends the trying", () => {
  const event: fc.Arbitrary<LinkEvent> = fc.oneof(
    fc.constantFrom<LinkEvent>(
      { type: "open" },
      { type: "session-updated" },
      { type: "retry-due" },
      { type: "restart" },
    ),
    fc.constant<LinkEvent>({ type: "socket-close", end: gone }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      let state: LinkState = linkStart.state;
      let sockets = 1;
      let retries = 0;
      for (const each of events) {
        // A socket closes only when there is one, a retry comes only when one was asked for.
        if (each.type === "socket-close" && sockets === 0) continue;
        if (each.type === "retry-due" && retries === 0) continue;
        if (each.type === "socket-close") sockets -= 1;
        if (each.type === "retry-due") retries -= 1;
        const step = linkStep(state, each);
        state = step.state;
        for (const effect of step.effects) {
          if (effect.do === "open-socket") sockets += 1;
          if (effect.do === "close-socket") sockets = 0;
          if (effect.do === "schedule-retry") retries += 1;
        }
        // Never stuck: there is a socket, or a retry to come.
        expect(sockets + retries).toBeGreaterThan(0);
      }
      expect(linkStep(linkStep(state, { type: "close" }).state, { type: "open" })).toEqual({
        state: { status: "closed" },
        effects: [],
      });
    }),
  );
});
