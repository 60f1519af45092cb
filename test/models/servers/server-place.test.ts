import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { isHere } from "../../../models/servers/server-place.ts";

test("a server is here when its address is this machine's, unless it is said otherwise", () => {
  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) {
    expect(isHere({ url: `http://${host}:11434` })).toBe(true);
  }
  for (const host of ["203.0.113.9", "desk.example", "[2001:db8::1]", "localhost.example", "127.example"]) {
    expect(isHere({ url: `http://${host}:11434/v1` })).toBe(false);
  }
  expect(isHere({ url: "http://127.0.0.1:1", isHere: false })).toBe(false);
  expect(isHere({ url: "http://desk.example", isHere: true })).toBe(true);
  expect(isHere({ url: "no address" })).toBe(false);
});

test("this machine's own addresses in its networks are here, too", () => {
  const own = Object.values(networkInterfaces()).flatMap(
    (list) => list?.filter(({ family }) => family === "IPv4") ?? [],
  );
  for (const { address } of own) expect(isHere({ url: `http://${address}:11434` })).toBe(true);
});
