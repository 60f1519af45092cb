import type { CatalogModel } from "./catalog-model.ts";
import { type PlanOption, planOptions } from "./plan-options.ts";
import type { PlanPool } from "./plan-pools.ts";
import type { PlanWish } from "./plan-wish.ts";
import { better, type Lineup, mostWorth, type Worth, worthOf } from "./plan-worth.ts";

type Choice = PlanOption | undefined;

/** The lineup of the greatest worth that fits: all combinations are looked at, except those that could not win. */
export function bestLineup(pools: readonly PlanPool[], wish: PlanWish, models: readonly CatalogModel[]): Lineup {
  const room = pools.map(({ capacityBytes, reserveBytes }) => capacityBytes - reserveBytes);
  const isWanted = (role: PlanWish["roles"][number]): boolean => wish.roles.includes(role);
  const choices = (role: PlanWish["roles"][number]): readonly Choice[] => {
    const fitting = planOptions(role, pools, wish, models).filter((option) => without(room, option) !== null);
    return [...mostWorth(fitting), undefined];
  };
  // Several people share one model for both, so that it can compute for all of them in one batch.
  const shares = wish.users > 1 && isWanted("director") && isWanted("coder");
  const voices = isWanted("voice") ? choices("voice") : [undefined];
  const directors = isWanted("director") ? choices("director") : [undefined];
  const coders = isWanted("coder") && !shares ? choices("coder") : [undefined];
  let best: Lineup = { voice: undefined, director: undefined, coder: undefined, together: true, shared: false };
  let bestWorth: Worth = worthOf(best, wish);
  // The first are the best for themselves, so nothing is worth more than these together with nothing taken back.
  const [topDirector, topCoder] = [ideal(directors[0]), ideal(coders[0])];
  const mayWin = (voice: Choice, director: Choice): boolean => {
    const coder = shares ? director : topCoder;
    return better(worthOf({ voice, director, coder, together: true, shared: false }, wish), bestWorth);
  };
  for (const voice of voices) {
    const left = without(room, voice);
    if (left === null || !mayWin(voice, topDirector)) continue;
    for (const director of directors) {
      const beside = without(left, director);
      if (beside === null || !mayWin(voice, director)) continue;
      for (const alone of coders) {
        const coder = shares ? director : alone;
        if (without(left, coder) === null) continue;
        const shared = director !== undefined && director.file === coder?.file;
        // One file loaded in two ways would be loaded again at every change.
        if (shared && !isSame(director, coder)) continue;
        const together = shared || without(beside, coder) !== null;
        const lineup = { voice, director, coder, together, shared };
        const worth = worthOf(lineup, wish);
        if (better(worth, bestWorth)) [best, bestWorth] = [lineup, worth];
      }
    }
  }
  return best;
}

function ideal(option: Choice): Choice {
  return option === undefined ? undefined : { ...option, penaltyMs: 0, options: { ...option.options, kvType: "f16" } };
}

function isSame(a: PlanOption, b: PlanOption): boolean {
  return a.place === b.place && a.bytes.every((bytes, index) => bytes === b.bytes[index]);
}

/** What is left in each pool; null if it does not fit. */
function without(room: readonly number[], option: Choice): readonly number[] | null {
  if (option === undefined) return room;
  const left = room.map((bytes, index) => bytes - (option.bytes[index] ?? 0));
  return left.every((bytes, index) => bytes >= 0 || (option.bytes[index] ?? 0) === 0) ? left : null;
}
