import { defineConfig, type ViteUserConfig } from "vitest/config";

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
        // Real engines in real time, with long pauses in them: two services at once do not disturb each other. On a machine shared with
        // others an engine may be late all the same, so a test may be tried again; the counts say which one was, it is never silent.
        extends: true,
        test: {
          name: "whole",
          include: ["test/e2e/**/*.test.ts"],
          maxWorkers: 2,
          retry: 1,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
export default config;
