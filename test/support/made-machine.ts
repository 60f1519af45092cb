import fc from "fast-check";
import type { Model, Pool, RolePlan, Variant } from "../../models/residency/residency-state.ts";
import { gigabyte, gpu, installedModel, rolePlan, rung } from "./residency-machines.ts";

export const heavyRoles = ["director", "coder", "tts", "stt"] as const;

export interface MadeMachine {
  readonly pools: readonly Pool[];
  readonly models: readonly Model[];
  readonly roles: readonly RolePlan[];
}

const size = fc.double({ min: 0.5, max: 12, noNaN: true });

/** The same forms on each GPU; and the first of them on both, half and half. */
function everywhere(ladder: readonly Variant[], second: number | undefined, chosenThere: boolean): readonly Variant[] {
  if (second === undefined) return ladder;
  const moved = (it: Variant, pool: string): Variant => {
    const shares = it.shares.map((share) => (share.pool === "gpu0" ? { ...share, pool } : share));
    const leastFree = chosenThere ? { leastFree: shares.slice(0, 1) } : {};
    return { ...it, id: `${it.id}@${pool}`, shares, ...leastFree };
  };
  const halves = (it: Variant): Variant => {
    const shares = it.shares.flatMap((share) =>
      share.pool === "gpu0"
        ? ["gpu0", "gpu1"].map((pool) => ({ pool, bytes: Math.ceil(share.bytes / 2) + 3e8 }))
        : [share],
    );
    return { ...it, id: `${it.id}@both`, shares, penaltyMs: it.penaltyMs + 2_000 };
  };
  const all = ladder.flatMap((it) => [moved(it, "gpu0"), moved(it, "gpu1"), halves(it)]);
  return all.toSorted((a, b) => a.penaltyMs - b.penaltyMs);
}

/** Two or three memories, a pinned voice, and up to four heavy models with ladders. */
export const madeMachine: fc.Arbitrary<MadeMachine> = fc
  .record({
    gpuGigabytes: fc.integer({ min: 5, max: 24 }),
    slotGigabytes: fc.option(fc.integer({ min: 3, max: 12 }), { nil: undefined }),
    heavy: fc.array(fc.record({ size, loadMs: fc.integer({ min: 500, max: 15_000 }), spill: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    }),
    second: fc.option(fc.integer({ min: 4, max: 24 }), { nil: undefined }),
    chosenThere: fc.boolean(),
    fallback: fc.boolean(),
    headStartMs: fc.constantFrom(0, 5_000),
  })
  .map(({ gpuGigabytes, slotGigabytes, heavy, second, chosenThere, fallback, headStartMs }) => {
    const models = heavy.map((it, index) =>
      installedModel(
        `heavy${index}`,
        everywhere(
          [
            rung("full", it.size, { loadMs: it.loadMs }),
            rung("short", it.size * 0.8, { loadMs: it.loadMs, penaltyMs: 4_000 }),
            ...(it.spill
              ? [rung("half", it.size * 0.4, { loadMs: it.loadMs, penaltyMs: 60_000, ramGigabytes: it.size * 0.5 })]
              : []),
          ],
          second,
          chosenThere && index % 2 === 0,
        ),
      ),
    );
    const voices = [rung("full", 2.5, { loadMs: 2_000 }), rung("short", 2, { penaltyMs: 5_000 })];
    const voice = installedModel("voice", everywhere(voices, second, false), { pinned: true });
    return {
      pools: [
        gpu(gpuGigabytes, slotGigabytes === undefined ? {} : { slotGigabytes }),
        ...(second === undefined ? [] : [gpu(second, { id: "gpu1" })]),
        { id: "ram", capacityBytes: 16 * gigabyte, reserveBytes: 4 * gigabyte, foreignBytes: 0 },
      ],
      models: [voice, ...models],
      roles: [
        rolePlan("voice", ["voice"], { patienceMs: 0 }),
        ...heavyRoles.map((it, index) => {
          const name = `heavy${index % heavy.length}`;
          return rolePlan(it, [name], {
            headStartMs: index === 0 ? headStartMs : 0,
            ...(fallback ? { fallback: "voice" } : {}),
          });
        }),
      ],
    };
  });
