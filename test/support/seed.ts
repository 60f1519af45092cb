import { randomInt } from "node:crypto";
import fc from "fast-check";
import { beforeEach } from "vitest";

/**
 * Every property test draws the same values on every run: a red build must be red because of the change in it. New values are
 * looked for by `npm run fuzz`, which draws a seed for each file; `SOTTO_SEED=<number>` draws what that run drew.
 */
const usualSeed = 20_261_121;
const wanted = process.env["SOTTO_SEED"] ?? `${usualSeed}`;
const seed = wanted === "random" ? randomInt(2 ** 31) : Number(wanted);
if (!Number.isInteger(seed)) throw new Error(`SOTTO_SEED must be a whole number or "random", not "${wanted}"`);
fc.configureGlobal({ seed });

beforeEach(({ onTestFailed, task }) => {
  onTestFailed(({ task: { result } }) => {
    if (!result?.errors?.some(({ message }) => message.startsWith("Property failed"))) return;
    process.stdout.write(`To see it again: SOTTO_SEED=${seed} npx vitest run ${task.file.name} -t "${task.name}"\n`);
  });
});
