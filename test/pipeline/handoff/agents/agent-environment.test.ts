import fc from "fast-check";
import { expect, test } from "vitest";
import { agentEnvironment } from "../../../../pipeline/handoff/agents/agent-environment.ts";

const ours = {
  PATH: "/usr/bin:.:node_modules/.bin::/bin",
  HOME: "/home/a",
  LC_ALL: "C.UTF-8",
  https_proxy: "http://proxy:3128",
  OPENAI_API_KEY: "sk-ours",
  ANTHROPIC_API_KEY: "sk-other",
  SOTTO_TOKEN: "t",
  NODE_OPTIONS: "--require ./x.cjs",
  LD_PRELOAD: "x.so",
  GIT_DIR: "/somewhere/.git",
};

test("an agent gets what programs need, and no keys", () => {
  expect(agentEnvironment(ours, {})).toEqual({
    PATH: "/usr/bin:/bin",
    HOME: "/home/a",
    LC_ALL: "C.UTF-8",
    https_proxy: "http://proxy:3128",
    GIT_TERMINAL_PROMPT: "0",
    NO_COLOR: "1",
  });
});

test("what is configured is passed on or set", () => {
  const env = agentEnvironment(ours, {
    pass: ["OPENAI_API_KEY", "MISSING"],
    set: { HOME: "/else", MODEL: "m", PATH: "/opt:rel" },
  });
  expect(env).toMatchObject({ OPENAI_API_KEY: "sk-ours", HOME: "/else", MODEL: "m", PATH: "/opt" });
  expect(env).not.toHaveProperty("MISSING");
  expect(env).not.toHaveProperty("ANTHROPIC_API_KEY");
});

test("a variable that nobody named does not get through", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Z_]{3,20}_(KEY|TOKEN|SECRET|PASSWORD)$/), fc.string(), (name, value) => {
      fc.pre(!name.startsWith("LC_"));
      expect(agentEnvironment({ ...ours, [name]: value }, {})).not.toHaveProperty([name]);
    }),
  );
});
