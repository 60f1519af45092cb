import { expect, test } from "vitest";
import { ClientSecrets, parseSecretRequest } from "../../pipeline/client-secrets.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

function request(body: unknown) {
  const parsed = parseSecretRequest(JSON.stringify(body));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.request;
}

test("a secret opens until it expires, as often as you like", async () => {
  const clock = new VirtualClock(new Date(1_000_000_000_000));
  const secrets = new ClientSecrets(clock);
  const short = secrets.create(request({ expires_after: { anchor: "created_at", seconds: 10 } }));
  const usual = secrets.create(request({}));
  expect(short.value).toMatch(/^ek_[A-Za-z0-9_-]{43}$/);
  expect(short.expiresAt).toBe(1_000_000_010);
  expect(usual.expiresAt).toBe(1_000_000_600);
  await clock.advance(9_000);
  expect([secrets.find(short.value), secrets.find(short.value)]).toEqual([short, short]);
  await clock.advance(1_000);
  expect(secrets.find(short.value)).toBeUndefined();
  expect(secrets.find(usual.value)).toBe(usual);
  expect(secrets.find(`${usual.value}x`)).toBeUndefined();
});

test("a loop that makes secrets loses its oldest ones, not our memory", () => {
  const secrets = new ClientSecrets(new VirtualClock());
  const first = secrets.create({});
  const second = secrets.create({});
  for (let made = 2; made <= 10_000; made += 1) secrets.create({});
  expect(secrets.find(first.value)).toBeUndefined();
  expect(secrets.find(second.value)).toBe(second);
});

test.each([
  ["{", "invalid_json", undefined],
  ["[]", "invalid_type", ""],
  ['{"expires_after":{"anchor":"created_at","seconds":9}}', "integer_below_min_value", "expires_after.seconds"],
  ['{"expires_after":{"anchor":"created_at","seconds":7201}}', "integer_above_max_value", "expires_after.seconds"],
  ['{"expires_after":{"anchor":"now"}}', "invalid_value", "expires_after.anchor"],
  [
    '{"session":{"type":"realtime","audio":{"output":{"speed":9}}}}',
    "integer_above_max_value",
    "session.audio.output.speed",
  ],
])("%s is refused", (body, code, param) => {
  const parsed = parseSecretRequest(body);
  expect(parsed).toMatchObject({ ok: false, error: { code } });
  if (!parsed.ok) expect(parsed.error.param).toBe(param);
});

test("an empty body asks for the defaults", () => {
  expect(parseSecretRequest("  ")).toEqual({ ok: true, request: {} });
});
