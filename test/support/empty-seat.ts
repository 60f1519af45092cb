import type { CodingSeat, TakeSeat } from "../../pipeline/handoff/coding-seat.ts";

/** A desk that nobody works at. */
export const emptySeat: CodingSeat = {
  coding: {
    handOff: async () => "There is no coder.",
    answer: async () => null,
    apply: () => "There is no change to apply.",
    reject: async () => "There is no change to reject.",
    undo: async () => "There is no change to undo.",
    cancel: async () => "The coder is doing nothing.",
    progress: () => "The coder is doing nothing.",
  },
  place: { workspaces: [], why: "There is no coder." },
  request: () => undefined,
  decide: () => undefined,
  stop: () => undefined,
  told: () => undefined,
  [Symbol.dispose]: () => undefined,
};

export const noDesk: TakeSeat = () => emptySeat;
