import { defineConfig, type ViteUserConfig } from "vitest/config";

const talks = ["agents-realtime", "openai", "page", "page-coding", "talk", "talk-coding"].map(
  (name) => `test/e2e/${name}.test.ts`,
);

const config: ViteUserConfig = defineConfig({
  // Node 20 has no `using`; it is rewritten.
  oxc: { target: "node20" },
  test: {
    globalSetup: ["test/support/build.ts"],
    reporters: ["default", "./test/support/counts.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "parts",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**"],
          setupFiles: ["test/support/seed.ts"],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Long talks in real time, with long pauses in them: two at once do not disturb each other.
        extends: true,
        test: {
          name: "talks",
          include: talks,
          maxWorkers: 2,
          retry: 1,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Real engines in real time: one service at a time has the machine to itself. On a machine shared with others an engine may
        // be late all the same, so a test may be tried again; the counts say which one was, it is never silent.
        extends: true,
        test: {
          name: "whole",
          include: ["test/e2e/**/*.test.ts"],
          exclude: talks,
          maxWorkers: 1,
          retry: 1,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
export default config;
