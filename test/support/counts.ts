import type { Reporter, TestCase, TestModule, TestRunEndReason } from "vitest/node";

/** Ends the test output with one plain line that counts. In CI a skipped test fails the run; it and a test tried again are named. */
export default class Counts implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[], reason: TestRunEndReason): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string): readonly TestCase[] => tests.filter((test) => test.result().state === state);
    // A file that cannot be loaded, or a hook that throws, has no test of its own to count, yet it failed.
    const groups = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = groups.filter((group) => group.errors().length > 0).length;
    const known = inState("failed").length + broken + unhandledErrors.length;
    // When the build fails no test runs at all; that is no success.
    const failed = reason === "failed" || tests.length === 0 ? Math.max(known, 1) : known;
    const skipped = [...inState("skipped"), ...inState("pending")];
    for (const test of tests) {
      const again = test.diagnostic()?.retryCount ?? 0;
      if (again > 0)
        process.stdout.write(
          `tried ${again + 1} times (${test.result().state}): ${test.module.relativeModuleId} > ${test.fullName}\n`,
        );
    }
    for (const test of skipped) process.stdout.write(`skipped: ${test.module.relativeModuleId} > ${test.fullName}\n`);
    if (skipped.length > 0 && process.env["CI"]) {
      process.stdout.write("In CI nothing may be skipped.\n");
      process.exitCode = 1;
    }
    process.stdout.write(`\n${inState("passed").length} passed, ${failed} failed, ${skipped.length} skipped\n`);
  }
}
