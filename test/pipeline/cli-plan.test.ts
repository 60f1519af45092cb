import { describe, expect, test } from "vitest";
import { z } from "zod";
import { catalog } from "../../models/catalog/catalog.ts";
import { planFor } from "../../models/catalog/plan.ts";
import { planOptions } from "../../models/catalog/plan-options.ts";
import { poolsOfSizes } from "../../models/catalog/plan-pools.ts";
import type { PlanWish } from "../../models/catalog/plan-wish.ts";
import type { LanguageRole } from "../../models/roles.ts";
import { planRemarks } from "../../pipeline/cli-plan.ts";
import { runSotto } from "../support/run-sotto.ts";

async function sotto(...args: readonly string[]) {
  await using running = runSotto(["plan", ...args]);
  const code = await running.ended;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

const rolePlan = z.object({ model: z.string().nullable(), bytes: z.number(), mode: z.string(), why: z.string() });
const planned = z.object({
  roles: z.object({ voice: rolePlan, director: rolePlan, coder: rolePlan }),
  pools: z.array(
    z.object({
      id: z.string(),
      capacityBytes: z.number(),
      reserveBytes: z.number(),
      plannedBytes: z.number(),
      freeBytes: z.number(),
    }),
  ),
  swapSeconds: z.number(),
});

describe("sotto plan", () => {
  test("of a given GPU is a table with a reason for each role", async () => {
    const { code, stdout, stderr } = await sotto("--vram", "12GB", "--storage", "sata");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^voice +qwen3:4b Q4_K_M +pinned +4\.\d GB\n {4}Never leaves memory/);
    expect(stdout).toMatch(/^coder +qwen2\.5-coder:7b Q4_K_M +swap +6\.\d GB\n {4}Takes turns with the director/m);
    expect(stdout).toMatch(/^gpu0 +12\.0 GB +1\.2 GB +10\.\d GB +0\.\d GB$/m);
    expect(stdout).toMatch(/A swap takes about 1\d\.\d s from storage \(sata\)/);
  });

  test("of several GPUs says where each model goes", async () => {
    const { stdout } = await sotto("--ram", "64", "--vram", "24GB,24GB");
    const places = ["voice", "director", "coder"].map(
      (role) => new RegExp(`^${role} .* (on gpu\\S*( and gpu\\S+)?) `, "m").exec(stdout)?.[1],
    );
    expect(places.toSorted()).toEqual(["on gpu0", "on gpu0", "on gpu1"]);
    expect(stdout).toMatch(/Has gpu1 to itself: 2\d\.\d GB of the 21\.6 GB that gpu1 gives/);
  });

  test("as JSON has the roles, the pools and the seconds", async () => {
    const { code, stdout } = await sotto("--ram", "64", "--vram", "12 GiB,12GiB", "--json");
    expect(code).toBe(0);
    const { roles, pools, swapSeconds } = planned.parse(JSON.parse(stdout));
    expect(pools.map(({ id, capacityBytes }) => [id, capacityBytes])).toEqual([
      ["ram", 64e9],
      ["gpu0", 12 * 1024 ** 3],
      ["gpu1", 12 * 1024 ** 3],
    ]);
    expect(roles.voice.mode).toBe("pinned");
    expect(roles.director.mode).toBe("resident");
    expect(swapSeconds).toBe(0);
  });

  test("of this machine plans for the memory that it has", async () => {
    const { code, stdout } = await sotto("--json");
    expect(code).toBe(0);
    expect(planned.parse(JSON.parse(stdout)).pools.length).toBeGreaterThan(0);
  });

  test("for several people shares one model; for some roles leaves out the others", async () => {
    const { stdout } = await sotto("--vram", "80GB", "--users", "4", "--roles", "director,coder", "--json");
    const { roles } = z.object({ roles: z.record(z.string(), rolePlan) }).parse(JSON.parse(stdout));
    expect(Object.keys(roles)).toEqual(["director", "coder"]);
    expect(roles["director"]?.model).toBe(roles["coder"]?.model);
  });

  test("says where it differs from rules of thumb", async () => {
    const { stdout } = await sotto("--help");
    expect(stdout).toContain("Where that differs from rules of thumb:");
    expect(stdout).toContain("$ sotto plan --vram 12GB");
    expect(stdout.split("\n").filter((line) => /^ {2}-\S+( <\S+>)?$/.test(line))).toEqual([]);
  });

  test("the figures that it gives as reasons are those of its plans", () => {
    const wish: PlanWish = { roles: ["voice", "director", "coder"], users: 1, prefer: "quality", storage: "nvme" };
    const shown = (bytes: number): string => `${(bytes / 1e9).toFixed(1)}`;
    const [ram] = planFor(poolsOfSizes({ ramBytes: 16e9 }), wish).pools;
    const room = (ram?.capacityBytes ?? 0) - (ram?.reserveBytes ?? 0);
    expect(planRemarks).toContain(`0.6B, 4B and 7B need ${shown(ram?.plannedBytes ?? 0)} of ${room / 1e9} GB`);
    const pools = poolsOfSizes({ ramBytes: 64e9, vramBytes: [48e9] });
    const whole = (role: LanguageRole, id: string, contextTokens: number): number => {
      const models = catalog.filter((model) => model.id === id);
      const options = planOptions(role, pools, wish, models).filter(
        ({ place, options }) => place === "gpu" && options.kvType === "f16" && options.contextTokens >= contextTokens,
      );
      return Math.min(...options.map(({ bytes }) => bytes[1] ?? 0));
    };
    const needed =
      whole("voice", "qwen3:4b", 4_096) +
      whole("director", "qwen3:30b-a3b", 4_096) +
      whole("coder", "qwen3-coder:30b", 8_192);
    expect(planRemarks).toContain(`need ${shown(needed)} of ${shown(48e9 * 0.9)} GB`);
    expect(needed).toBeGreaterThan(48e9 * 0.9);
  });

  test("--techniques answers for each", async () => {
    const { stdout } = await sotto("--techniques");
    expect(stdout).toMatch(/^supported {2}Hot swap$/m);
    expect(stdout).toMatch(/^delegated {2}LoRA adapters on one base model$/m);
    expect(stdout).toMatch(/^refused {2}Time-of-day schedules$/m);
    const { techniques } = JSON.parse((await sotto("--techniques", "--json")).stdout);
    expect(techniques.length).toBeGreaterThanOrEqual(18);
  });
});

describe("a mistake ends with code 2 and one line that says what to do:", () => {
  test.each<[args: readonly string[], says: RegExp]>([
    [["--vram", "lots"], /--vram: expected a size such as 16GB, 16 GiB or 16, got "lots"/],
    [["--ram", "-3GB"], /--ram: expected a size/],
    [["--vram", "12GB,"], /--vram: expected a size such as 16GB, 16 GiB or 16, got ""/],
    [["--unified", "32GB", "--vram", "8GB"], /--unified is one memory for everything/],
    [["--users", "0"], /--users: expected a whole number from 1 to 256, got "0"/],
    [["--storage", "floppy"], /--storage: expected one of nvme, sata, disk, got "floppy"/],
    [["--roles", "singer"], /--roles: expected one of voice, director, coder, got "singer"/],
    [["--prefer", "cake"], /--prefer: expected one of quality, throughput, got "cake"/],
  ])("%j", async (args, says) => {
    const { code, stderr } = await sotto(...args);
    expect(stderr.trimEnd()).toMatch(says);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
  });
});
