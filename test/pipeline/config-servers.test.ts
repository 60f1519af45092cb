import { expect, test } from "vitest";
import { ConfigError, loadConfig } from "../../pipeline/config.ts";
import { configuredServers } from "../../pipeline/config-servers.ts";

function modelsOf(models: Readonly<Record<string, unknown>>) {
  const file = JSON.stringify({ models });
  return loadConfig({
    flags: {},
    env: {},
    cwd: "/project",
    homeDir: "/home/ada",
    readFile: (path) => (path === "/project/sotto.config.json" ? file : undefined),
  }).config.models;
}

const servers = ["ollama=http://127.0.0.1:11434", "desk=http://10.0.0.5:8000/v1?a=b"];

test("a server of which nothing is said has a name and an address", () => {
  expect(configuredServers(modelsOf({ servers }))).toEqual([
    { name: "ollama", url: "http://127.0.0.1:11434" },
    { name: "desk", url: "http://10.0.0.5:8000/v1?a=b" },
  ]);
});

test("each gets what was said of it", () => {
  const said = {
    servers: [...servers, "bench=http://10.0.0.6:8000"],
    priorities: ["desk"],
    sleepLevels: ["desk=2", "bench=1"],
    adapters: ["desk:sql=/loras/a=b", "bench:team/poet=hf:org/poet", "desk:poet=/loras/poet"],
  };
  const [ollama, desk, bench] = configuredServers(modelsOf(said));
  expect(ollama).toEqual({ name: "ollama", url: "http://127.0.0.1:11434" });
  expect(desk?.vllm).toEqual({
    priorities: true,
    sleepLevel: 2,
    adapters: { sql: "/loras/a=b", poet: "/loras/poet" },
  });
  expect(bench?.vllm).toEqual({ sleepLevel: 1, adapters: { "team/poet": "hf:org/poet" } });
});

test.each([
  ["priorities", ["dsek"]],
  ["priorities", "desk"],
  ["sleepLevels", ["desk=3"]],
  ["sleepLevels", ["desk"]],
  ["sleepLevels", ["dsek=1"]],
  ["adapters", ["desk:sql"]],
  ["adapters", ["sql=/loras/sql"]],
  ["adapters", ["desk:sql=/loras/sql", "dsek:sql=/loras/sql"]],
] as const)("a mistake in models.%s is reported with the key: %j", (key, value) => {
  expect(() => modelsOf({ servers, [key]: value })).toThrow(ConfigError);
  expect(() => modelsOf({ servers, [key]: value })).toThrow(
    new RegExp(`^/project/sotto\\.config\\.json: models\\.${key}: expected a list .*models\\.servers.*, got .*$`),
  );
});
