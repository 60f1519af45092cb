import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startService, type TestService } from "../support/service.ts";

const examples = [...readFileSync("README.md", "utf8").matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
/** What a reader might write below the example of each library, to hear that it works. */
const below = new Map([
  [
    "@openai/agents-realtime",
    'session.transport.on("*", ({ type }) => { if (type === "response.done") { console.log(type); process.exit(); } });' +
      'session.sendMessage("hello");',
  ],
  [
    "openai",
    'realtime.on("error", (error) => { throw error; });' +
      'realtime.on("response.done", ({ type }) => { console.log(type); process.exit(); });' +
      'realtime.on("session.created", () => realtime.send({ type: "response.create" }));',
  ],
]);

let sotto: TestService;
beforeAll(async () => {
  sotto = await startService();
});
afterAll(() => sotto[Symbol.asyncDispose]());

test("the README has an example for each library", () => {
  expect(examples.map(libraryIn)).toEqual([...below.keys()]);
});

test.each(examples.map((code) => [libraryIn(code), code] as const))("%s: its example works", async (library, code) => {
  const { port } = new URL(sotto.service.url);
  const program = `${code.replaceAll("8377", port)}\n${below.get(library)}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    env: { PATH: process.env["PATH"], SOTTO_TOKEN: sotto.token },
    timeout: 60_000,
  });
  expect(stdout).toBe("response.done\n");
});

function libraryIn(code: string): string {
  return [...below.keys()].find((name) => code.includes(`from "${name}"`)) ?? code;
}
