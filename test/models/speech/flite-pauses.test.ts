import { describe, expect, test } from "vitest";
import { withPause } from "../../../models/speech/flite-pauses.ts";

const ms = 16;
const samples = Int16Array.from({ length: 1_000 * ms }, (_, i) => i);

describe("the silence around speech", () => {
  test("is cut to 15 ms before and the pause asked for behind", () => {
    const phones = [
      { name: "pau", endMs: 200 },
      { name: "ey", endMs: 400 },
      { name: "pau", endMs: 500 },
      { name: "t", endMs: 800 },
      { name: "pau", endMs: 1_000 },
    ];
    const cut = withPause({ samples, phones }, 80);
    expect(cut).toEqual({ samples: samples.slice(185 * ms, 900 * ms), fromMs: 185 });
  });

  test("is filled with zeros where there is less than was asked for", () => {
    const phones = [{ name: "ey", endMs: 990 }];
    const { samples: cut } = withPause({ samples, phones }, 50);
    expect(cut).toHaveLength(1_060 * ms);
    expect(cut.slice(0, 1_000 * ms)).toEqual(samples);
    expect(cut.slice(1_000 * ms)).toEqual(new Int16Array(60 * ms));
  });

  test("alone is nothing", () => {
    expect(withPause({ samples, phones: [{ name: "pau", endMs: 1_000 }] }, 80).samples).toHaveLength(0);
    expect(withPause({ samples: new Int16Array(0), phones: [] }, 80).samples).toHaveLength(0);
  });
});
