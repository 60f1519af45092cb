import type { Share } from "../servers/model-server.ts";
import type { Model, Pool, Variant } from "./residency-state.ts";

/** What a choice of places is worth, the weightier numbers first. */
type Worth = readonly number[];

/**
 * Marks for each model the GPU that suits it best beside all others, so that whoever is loaded first does not take the room of one
 * who fits nowhere else. First the pinned models have to fit, then as many of the others beside them as can be, then all together,
 * then as few as can be spread, and at last the largest piece of memory that is left counts. A model whose server chooses is where
 * that puts it; it is not asked for.
 */
export function assigned(models: readonly Model[], pools: readonly Pool[]): readonly Model[] {
  const room = new Map(pools.map(({ id, capacityBytes, reserveBytes }) => [id, capacityBytes - reserveBytes]));
  const choices = models.map(({ ladder }) => ladder.filter(isFull(ladder)));
  if (choices.every((forms) => forms.length < 2)) return models;
  let best: { readonly forms: readonly Variant[]; readonly worth: Worth } | undefined;
  for (const forms of combinations(choices)) {
    const worth = worthOf(forms, models, room);
    if (best === undefined || better(worth, best.worth)) best = { forms, worth };
  }
  return models.map((model, index) => {
    const form = best?.forms[index];
    if (form === undefined || form.leastFree !== undefined || (choices[index]?.length ?? 0) < 2) return model;
    const place = placeOf(form);
    return { ...model, ladder: model.ladder.map((it) => (placeOf(it) === place ? { ...it, preferred: true } : it)) };
  });
}

/** As configured, in each place. */
function isFull(ladder: readonly Variant[]): (form: Variant) => boolean {
  const name = ladder[0]?.id.split("@")[0];
  return ({ id }) => id.split("@")[0] === name;
}

function placeOf({ id }: Variant): string | undefined {
  return id.split("@")[1];
}

function* combinations(choices: readonly (readonly Variant[])[]): Generator<readonly Variant[]> {
  const [first, ...others] = choices;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const form of first) for (const rest of combinations(others)) yield [form, ...rest];
}

function worthOf(forms: readonly Variant[], models: readonly Model[], room: ReadonlyMap<string, number>): Worth {
  const isPinned = (_: Variant, index: number): boolean => models[index]?.pinned === true;
  const pinned = forms.filter(isPinned);
  const others = forms.filter((form, index) => !isPinned(form, index));
  const left = without(room, forms);
  return [
    fits(without(room, pinned)) ? 1 : 0,
    others.filter((form) => fits(without(room, [...pinned, form]))).length,
    fits(left) ? 1 : 0,
    -forms.reduce((sum, { penaltyMs }) => sum + penaltyMs, 0),
    Math.max(...left.values()),
  ];
}

function without(room: ReadonlyMap<string, number>, forms: readonly Variant[]): ReadonlyMap<string, number> {
  const left = new Map(room);
  for (const { pool, bytes } of forms.flatMap(({ shares }): readonly Share[] => shares)) {
    left.set(pool, (left.get(pool) ?? 0) - bytes);
  }
  return left;
}

function fits(left: ReadonlyMap<string, number>): boolean {
  return [...left.values()].every((bytes) => bytes >= 0);
}

function better(a: Worth, b: Worth): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}
