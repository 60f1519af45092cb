import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalog } from "../../../models/catalog/catalog.ts";
import { pullName } from "../../../models/catalog/chat-families.ts";
import { downloadSource } from "../../../models/catalog/download-source.ts";
import { type Plan, planFor, type RolePlan } from "../../../models/catalog/plan.ts";
import { type NamedSizes, poolsOfMachine, poolsOfSizes } from "../../../models/catalog/plan-pools.ts";
import { bestLineup } from "../../../models/catalog/plan-search.ts";
import type { PlanWish } from "../../../models/catalog/plan-wish.ts";
import { better, worthOf } from "../../../models/catalog/plan-worth.ts";
import type { LanguageRole } from "../../../models/roles.ts";

const gb = 1e9;
const usual: PlanWish = {
  roles: ["voice", "director", "coder"],
  users: 1,
  prefer: "quality",
  storage: "nvme",
};

function plan(sizes: NamedSizes, wish: Partial<PlanWish> = {}): Plan {
  return planFor(poolsOfSizes(sizes), { ...usual, ...wish });
}

function vram(gigabytes: number, wish: Partial<PlanWish> = {}): Plan {
  return plan({ vramBytes: [gigabytes * gb] }, wish);
}

function of(made: Plan, role: LanguageRole): RolePlan & { readonly sizeB: number } {
  const found = made.roles[role];
  if (found === undefined) throw new Error(`No plan for ${role}`);
  return { ...found, sizeB: catalog.find(({ id }) => id === found.model)?.parametersB ?? 0 };
}

function expectSize({ sizeB }: { readonly sizeB: number }, least: number, most: number): void {
  expect(sizeB).toBeGreaterThanOrEqual(least);
  expect(sizeB).toBeLessThanOrEqual(most);
}

/** The rows of the published rules of thumb; where ours is another one, the test says why. */
describe("a machine with", () => {
  test("8 GB gets a voice of 1B or less, and 7–8B models that take turns", () => {
    const made = vram(8);
    expectSize(of(made, "voice"), 0.1, 1.3);
    expectSize(of(made, "director"), 7, 8.5);
    expectSize(of(made, "coder"), 7, 8);
    expect([of(made, "voice"), of(made, "director"), of(made, "coder")].map(({ mode }) => mode)).toEqual([
      "pinned",
      "swap",
      "swap",
    ]);
    expect(made.swapSeconds).toBeGreaterThan(2);
    expect(made.swapSeconds).toBeLessThan(10);
  });

  test.each([10, 12])("%i GB, and no coder wanted, keeps a voice of 1–4B and a director of 7–8B", (size) => {
    const made = vram(size, { roles: ["voice", "director"] });
    expectSize(of(made, "voice"), 1, 4.5);
    expectSize(of(made, "director"), 7, 8.5);
    expect(of(made, "director").mode).toBe("resident");
    expect(made.concurrent).toBe(true);
    expect(made.swapSeconds).toBe(0);
    expect(made.roles.coder).toBeUndefined();
  });

  test.each([12, 16])("%i GB pins a voice of 1–4B; director and coder of 7–14B take turns", (size) => {
    const made = vram(size);
    expectSize(of(made, "voice"), 1, 4.5);
    expectSize(of(made, "director"), 7, 15);
    expectSize(of(made, "coder"), 7, 15);
    expect([of(made, "director").mode, of(made, "coder").mode]).toEqual(["swap", "swap"]);
    expect(of(made, "coder").why).toMatch(/^Takes turns with the director: together they need [\d.]+ GB/);
  });

  test("24 GB keeps a voice of 4B, a director of 7–14B and a coder of 14B", () => {
    const made = vram(24);
    expectSize(of(made, "voice"), 3.5, 4.5);
    expectSize(of(made, "director"), 7, 15);
    expectSize(of(made, "coder"), 14, 15);
    expect(made.concurrent).toBe(true);
    expect(of(made, "coder").mode).toBe("resident");
  });

  // The rule says 9B and 24B. A 12B director fits beside gpt-oss:20b, whose experts need less memory for their cache.
  test("32 GB of unified memory keeps a voice, a director of 7–14B and a coder of 20B or more", () => {
    const made = plan({ unifiedBytes: 32 * gb });
    expectSize(of(made, "voice"), 1, 4.5);
    expectSize(of(made, "director"), 7, 15);
    expectSize(of(made, "coder"), 20, 25);
    expect(made.concurrent).toBe(true);
    expect(made.notes.join()).toContain("iogpu.wired_limit_mb");
  });

  // The rule says 30B+ and 32B+. By headers two of 18.6 GB and a voice of 4B with their caches are 43.4 of 43.2 GB; from 64 GB on it holds.
  test("48 GB keeps 27B and 30B, and 64 GB two of 32B", () => {
    const made = vram(48);
    expectSize(of(made, "voice"), 3.5, 4.5);
    expectSize(of(made, "director"), 27, 33);
    expectSize(of(made, "coder"), 30, 33);
    expect(made.concurrent).toBe(true);
    const larger = vram(64);
    expectSize(of(larger, "director"), 32, 33);
    expectSize(of(larger, "coder"), 32, 33);
    expect(larger.concurrent).toBe(true);
  });

  test("80 GB and several people shares one 70B on a batching server, without swaps", () => {
    const made = vram(80, { users: 4 });
    expect(of(made, "director").model).toBe("llama3.3:70b");
    expect(of(made, "coder").model).toBe("llama3.3:70b");
    expect(of(made, "director").server).toBe("vllm");
    expect(of(made, "director").sequences).toBe(4);
    expect(of(made, "voice").mode).toBe("pinned");
    expect(made.concurrent).toBe(true);
    // It is there once: what both need is what one needs.
    expect(made.pools.at(-1)?.plannedBytes).toBeLessThan(of(made, "voice").bytes + of(made, "director").bytes);
  });

  // The rule says that they swap. By headers 0.6B, 4B and 7B with 4k of context are 10.6 of the 12 GB that the system leaves.
  test("a CPU alone and 16 GB gets 0.6B, 3–4B and 3–7B with 4k of context, all in memory", () => {
    const made = plan({ ramBytes: 16 * gb });
    expectSize(of(made, "voice"), 0.1, 0.6);
    expectSize(of(made, "director"), 3, 4.5);
    expectSize(of(made, "coder"), 3, 8);
    expect(of(made, "director").contextTokens).toBe(4_096);
    expect(of(made, "coder").contextTokens).toBe(4_096);
    expect(made.concurrent).toBe(true);
    // With 8 GB they do swap.
    const smaller = plan({ ramBytes: 8 * gb });
    expect(of(smaller, "director").mode).toBe("swap");
    expect(of(smaller, "coder").mode).toBe("swap");
  });

  // The rule leaves 11 GB for the cache by counting weights alone; our plan gives the cache its part and shows what is left then.
  test("24 GB and many short tasks keeps a fast 7–8B and a good 12–14B, four conversations each", () => {
    const made = vram(24, { prefer: "throughput", roles: ["voice", "director"] });
    expectSize(of(made, "voice"), 7, 8.5);
    expectSize(of(made, "director"), 11, 15);
    expect(of(made, "voice").sequences).toBeGreaterThanOrEqual(4);
    expect(of(made, "director").sequences).toBeGreaterThanOrEqual(4);
    expect(made.concurrent).toBe(true);
  });
});

describe("what does not fit", () => {
  test("a 14B coder beside a pinned voice in 8 GB: smaller, and it says what is free", () => {
    const made = vram(8);
    expect(of(made, "coder").sizeB).toBeLessThan(14);
    expect(of(made, "coder").why).toContain("7.2 GB is free");
  });

  test("in 4 GB a part is on the CPU, and the sentence says which", () => {
    const made = vram(4);
    expect(of(made, "coder").mode).toBe("offload");
    expect(of(made, "coder").why).toMatch(/^With \d+ % of its layers on the GPU: /);
  });

  test("in 4 GB without a GPU is refused with numbers; the voice stays", () => {
    const made = plan({ ramBytes: 4 * gb });
    expect(of(made, "voice").mode).toBe("pinned");
    expect(of(made, "director")).toMatchObject({ mode: "refused", model: null, bytes: 0 });
    expect(of(made, "director").why).toMatch(
      /^Needs at least [\d.]+ GB of ram \(\S+\); [\d.]+ GB is free beside the voice model\.$/,
    );
  });

  test("in nothing at all everything is refused", () => {
    const made = plan({ ramBytes: 0 });
    expect(Object.values(made.roles).map(({ mode }) => mode)).toEqual(["refused", "refused", "refused"]);
  });
});

test("two GPUs hold what one of their sum could not hold together, or a model is divided between them", () => {
  const made = plan({ vramBytes: [12 * gb, 12 * gb] });
  expect(made.concurrent).toBe(true);
  expect(Object.keys(of(made, "director").pools ?? {})).not.toEqual(Object.keys(of(made, "coder").pools ?? {}));
  const divided = plan({ vramBytes: [24 * gb, 24 * gb], ramBytes: 64 * gb }, { roles: ["director"] });
  expect(Object.keys(of(divided, "director").pools ?? {}).toSorted()).toEqual(["gpu0", "gpu1", "ram"]);
});

test("the pools of a probed machine leave a tenth, and say what others hold now", () => {
  const [gpu, other] = poolsOfMachine([
    { id: "gpu0", kind: "vram", name: "A GPU", capacityBytes: 24 * gb, freeBytes: 23 * gb },
    { id: "ram", kind: "ram", name: "system memory", capacityBytes: 32 * gb, freeBytes: 10 * gb },
  ]);
  expect(gpu).toEqual({ id: "gpu0", kind: "vram", capacityBytes: 24 * gb, reserveBytes: 2.4 * gb });
  expect(other?.reserveBytes).toBe(4 * gb);
  expect(other?.note).toContain("18.0 GB");
});

const sizes = fc.record({
  ramGb: fc.integer({ min: 0, max: 96 }),
  vramGb: fc.array(fc.integer({ min: 1, max: 96 }), { maxLength: 2 }),
  roles: fc.subarray<LanguageRole>(["voice", "director", "coder"], { minLength: 1 }),
  users: fc.constantFrom(1, 1, 1, 3),
  prefer: fc.constantFrom("quality" as const, "throughput" as const),
});

test("no plan is larger than a pool", () => {
  fc.assert(
    fc.property(sizes, ({ ramGb, vramGb, ...wish }) => {
      const made = plan({ ramBytes: ramGb * gb, vramBytes: vramGb.map((size) => size * gb) }, wish);
      for (const { capacityBytes, reserveBytes, plannedBytes, freeBytes } of made.pools) {
        expect(plannedBytes + reserveBytes).toBeLessThanOrEqual(capacityBytes);
        expect(freeBytes).toBe(capacityBytes - reserveBytes - plannedBytes);
      }
      for (const role of wish.roles) expect(of(made, role).why).toMatch(/\.$/);
      const heavy = (["director", "coder"] as const).flatMap((role) => made.roles[role] ?? []);
      if (made.concurrent) expect(heavy.every(({ mode }) => mode !== "swap")).toBe(true);
      expect(made.swapSeconds > 0).toBe(!made.concurrent);
    }),
    { numRuns: 60 },
  );
});

/**
 * Worse is: a role that was served is refused; or director and coder, which stayed in memory whole and with 7B or more, now wait for
 * each other, while neither voice nor director nor coder became larger.
 */
function isWorse(more: Plan, less: Plan, roles: readonly LanguageRole[]): boolean {
  const served = (made: Plan): number => roles.filter((role) => of(made, role).mode !== "refused").length;
  if (roles.includes("voice") && of(less, "voice").mode === "pinned" && of(more, "voice").mode !== "pinned")
    return true;
  if (served(more) < served(less)) return true;
  const larger = roles.some((role) => of(more, role).sizeB > of(less, role).sizeB);
  return less.concurrent && !more.concurrent && !larger && served(more) === served(less);
}

test("by its own measure, too: the lineup is never worth less", () => {
  fc.assert(
    fc.property(sizes, fc.nat({ max: 48 }), fc.nat({ max: 48 }), ({ ramGb, vramGb, ...wish }, ramMore, vramMore) => {
      const worth = (ram: number, cards: readonly number[]) => {
        const pools = poolsOfSizes({ ramBytes: ram * gb, vramBytes: cards.map((size) => size * gb) });
        return worthOf(bestLineup(pools, { ...usual, ...wish }, catalog), { ...usual, ...wish });
      };
      const [first, ...others] = vramGb;
      const cards = first === undefined ? [] : [first + vramMore, ...others];
      expect(better(worth(ramGb, vramGb), worth(ramGb + ramMore, cards))).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test("more memory never makes a worse plan", () => {
  fc.assert(
    fc.property(sizes, fc.nat({ max: 48 }), fc.nat({ max: 48 }), ({ ramGb, vramGb, ...wish }, ramMore, vramMore) => {
      const less = plan({ ramBytes: ramGb * gb, vramBytes: vramGb.map((size) => size * gb) }, wish);
      const vramBytes = vramGb.map((size, index) => (size + (index === 0 ? vramMore : 0)) * gb);
      const more = plan({ ramBytes: (ramGb + ramMore) * gb, vramBytes }, wish);
      expect(isWorse(more, less, wish.roles)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

describe("to get a model,", () => {
  const known: readonly string[] = Object.values(vram(24).roles).map(({ pull = "" }) => pull);

  test("one that Sotto can talk to is pulled by its name", () => {
    for (const { pull, model, server } of Object.values(vram(24).roles)) {
      expect(pull).toBe(model);
      expect(server).toBe("embedded");
    }
    expect(known).toHaveLength(3);
    for (const model of catalog) expect(pullName(model)).toBe(model.id);
  });

  test("another is left to Ollama, with the reason", () => {
    const strange = catalog.map((model) => (known.includes(model.id) ? { ...model, family: "strange" } : model));
    const made = planFor(poolsOfSizes({ vramBytes: [24 * gb] }), usual, strange);
    for (const { pull, model, server } of Object.values(made.roles)) {
      expect(pull).toBe(`ollama:${model}`);
      expect(server).toBe("ollama");
      expect(made.notes).toContainEqual(expect.stringContaining(`sotto models pull ollama:${model}`));
    }
    expect(downloadSource(made.roles.voice?.pull ?? "", "https://hub.test")).toEqual({
      kind: "ollama",
      name: made.roles.voice?.model,
    });
    // What serves several people in one batch knows the templates of all of them.
    const many = planFor(poolsOfSizes({ vramBytes: [48 * gb] }), { ...usual, users: 4 }, strange);
    expect(many.roles.director?.server).toBe("vllm");
  });
});
