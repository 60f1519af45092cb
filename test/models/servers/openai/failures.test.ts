import { expect, test } from "vitest";
import { errorIn, failureOf, retryAfterMs } from "../../../../models/servers/openai/failures.ts";

test("finds the server's words in every form that errors have", () => {
  expect(errorIn({ error: { message: "no" } })).toBe("no");
  expect(errorIn({ error: "no" })).toBe("no");
  expect(errorIn({ object: "error", message: "no" })).toBe("no");
  expect(errorIn({ detail: "no" })).toBe("no");
  expect(errorIn({ choices: [] })).toBeUndefined();
  expect(errorIn("no")).toBeUndefined();
});

test.each([
  [401, { error: "no" }, "engine-failed", /<NAME>_API_KEY/],
  [404, { error: { message: "The model `x` does not exist." } }, "not-installed", /does not exist/],
  [429, {}, "busy", /later/],
  [503, { error: { message: "Loading model" } }, "busy", /Loading model/],
  [500, { error: { message: "ggml: cudaMalloc failed: out of memory" } }, "no-memory", /cudaMalloc/],
  [400, { error: { message: "insufficient system resources" } }, "no-memory", /resources/],
  [500, "<html>oops</html>", "engine-failed", /oops/],
] as const)("HTTP %i %j is %s", (status, body, code, message) => {
  const failure = failureOf("desk", "answer", { status, body });
  expect(failure.code).toBe(code);
  expect(failure.message).toMatch(message);
});

test("reads Retry-After in seconds and as a date", () => {
  const today = new Date("2026-11-21T10:00:00Z");
  expect(retryAfterMs("2", today)).toBe(2_000);
  expect(retryAfterMs("Sat, 21 Nov 2026 10:00:03 GMT", today)).toBe(3_000);
  expect(retryAfterMs("Sat, 21 Nov 2026 09:00:00 GMT", today)).toBe(0);
  for (const header of [null, "", "soon", "-1"]) expect(retryAfterMs(header, today)).toBeUndefined();
});
