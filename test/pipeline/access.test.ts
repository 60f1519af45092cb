import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AccessRules,
  checkBinding,
  checkIdentity,
  checkPlace,
  isLoopback,
  isSameSecret,
  type Visitor,
} from "../../pipeline/access.ts";

const rules: AccessRules = {
  token: "the-right-token-0123",
  boundHost: "127.0.0.1",
  allowedHosts: ["sotto.example", "other.example:9000"],
  allowedOrigins: ["https://app.example/"],
};
const visitor: Visitor = {
  host: "localhost:8377",
  origin: undefined,
  authorization: undefined,
  queryToken: undefined,
  subprotocols: undefined,
  peerAddress: "127.0.0.1",
};

describe("Host", () => {
  test.each(["localhost", "LOCALHOST:8377", "127.0.0.1:1", "[::1]:8377", "sotto.example:80", "other.example:9000"])(
    "%s is one of our names",
    (host) => expect(checkPlace({ ...visitor, host }, rules)).toEqual({ allowed: true }),
  );

  test.each([
    undefined,
    "",
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "other.example",
    "other.example:9001",
    "192.168.1.5:8377",
    "localhost:8377:1",
    "localhost/..",
    "a b",
    "[::1",
  ])("%s is not", (host) =>
    expect(checkPlace({ ...visitor, host }, rules)).toMatchObject({ allowed: false, status: 403 }),
  );

  test("bound to all addresses, any address will do, but still not any name", () => {
    const open = { ...rules, boundHost: "0.0.0.0" };
    expect(checkPlace({ ...visitor, host: "192.168.1.5:8377" }, open).allowed).toBe(true);
    expect(checkPlace({ ...visitor, host: "[fe80::1]:8377" }, open).allowed).toBe(true);
    expect(checkPlace({ ...visitor, host: "evil.example:8377" }, open).allowed).toBe(false);
  });
});

describe("Origin", () => {
  test.each(["http://localhost:8377", "https://localhost:8377", "https://app.example", "HTTPS://App.Example"])(
    "%s may connect",
    (origin) => expect(checkPlace({ ...visitor, origin }, rules)).toEqual({ allowed: true }),
  );

  test.each([
    "null",
    "",
    "https://evil.example",
    "http://localhost:3000",
    "http://localhost",
    "http://127.0.0.1:8377",
    "http://localhost:8377.evil.example",
    "https://app.example:444",
    "chrome-extension://abc",
  ])("%s may not", (origin) =>
    expect(checkPlace({ ...visitor, origin }, rules)).toMatchObject({ allowed: false, status: 403 }),
  );
});

describe("the token", () => {
  const identity = (given: Partial<Visitor>) => checkIdentity({ ...visitor, ...given }, rules);
  const right = "the-right-token-0123";

  test("comes as bearer, as query or as subprotocol", () => {
    expect(identity({ authorization: `Bearer ${right}` })).toEqual({ allowed: true });
    expect(identity({ authorization: `bearer  ${right}` })).toEqual({ allowed: true });
    expect(identity({ queryToken: right })).toEqual({ allowed: true });
    expect(identity({ subprotocols: `realtime, openai-insecure-api-key.${right}, openai-agents-sdk.0.20.0` })).toEqual({
      allowed: true,
    });
  });

  test("a missing one and a wrong one are told apart", () => {
    expect(identity({})).toMatchObject({ status: 401, message: expect.stringContaining("is needed") });
    expect(identity({ queryToken: "" })).toMatchObject({ status: 401, message: expect.stringContaining("is needed") });
    expect(identity({ queryToken: "wrong" })).toMatchObject({ status: 401, message: expect.stringContaining("wrong") });
  });

  test("nothing but the token opens", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (authorization, queryToken, subprotocols) => {
        expect(identity({ authorization, queryToken, subprotocols })).toMatchObject({ allowed: false, status: 401 });
      }),
      { examples: [["Basic the-right-token-0123", "the-right-token-012", "openai-insecure-api-key."]] },
    );
  });

  test("an ephemeral secret brings its session along", () => {
    const find = (value: string) => (value === "ek_1" ? { voice: "awb" } : undefined);
    expect(checkIdentity({ ...visitor, authorization: "Bearer ek_1" }, rules, find)).toEqual({
      allowed: true,
      secret: { voice: "awb" },
    });
    expect(checkIdentity({ ...visitor, authorization: "Bearer ek_2" }, rules, find)).toMatchObject({ status: 401 });
  });

  test("without one, only this machine may connect", () => {
    const open = { ...rules, token: undefined };
    for (const peerAddress of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) {
      expect(checkIdentity({ ...visitor, peerAddress }, open)).toEqual({ allowed: true });
    }
    for (const peerAddress of ["192.168.1.9", "::ffff:10.0.0.1", undefined]) {
      expect(checkIdentity({ ...visitor, peerAddress }, open)).toMatchObject({ allowed: false, status: 403 });
    }
  });

  test("is compared as a whole", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => void expect(isSameSecret(one, other)).toBe(one === other)),
    );
  });
});

test("listening beyond this machine needs a token", () => {
  for (const host of ["0.0.0.0", "::", "192.168.1.5", "my-laptop.local"]) {
    expect(checkBinding({ host, hasToken: false })).toContain(`Refusing to listen on ${host} without a token`);
    expect(checkBinding({ host, hasToken: true })).toBeUndefined();
  }
  for (const host of ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"]) {
    expect(checkBinding({ host, hasToken: false })).toBeUndefined();
  }
});

test("names that merely look like loopback are none", () => {
  for (const host of ["127.evil.example", "localhost.", "1127.0.0.1", "127.0.0", "::2"])
    expect(isLoopback(host)).toBe(false);
});
