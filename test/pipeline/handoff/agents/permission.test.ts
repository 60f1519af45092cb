import fc from "fast-check";
import { expect, test } from "vitest";
import { type AskedFor, decidePermission } from "../../../../pipeline/handoff/agents/permission.ts";

const kinds = [
  "read",
  "edit",
  "delete",
  "move",
  "search",
  "execute",
  "think",
  "fetch",
  "switch_mode",
  "other",
] as const;
const options = fc.uniqueArray(
  fc.record({
    optionId: fc.string({ minLength: 1 }),
    kind: fc.constantFrom("allow_once", "allow_always", "reject_once", "reject_always", "", "allow"),
  }),
  { selector: ({ optionId }) => optionId },
);
const asked: fc.Arbitrary<AskedFor> = fc.array(fc.string({ minLength: 1 })).chain((paths) =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    title: fc.string(),
    paths: fc.constant(paths),
    outside: fc.subarray(paths),
    showsChange: fc.boolean(),
  }),
);

test("only what is for this one time is ever chosen, and never what was not offered", () => {
  fc.assert(
    fc.property(asked, options, (request, offered) => {
      const { answer } = decidePermission(request, offered);
      if (answer.outcome === "cancelled") return;
      const chosen = offered.find(({ optionId }) => optionId === answer.optionId);
      expect(["allow_once", "reject_once"]).toContain(chosen?.kind);
    }),
  );
});

test("nothing that runs, fetches, changes the rules or leads outside is allowed, and every refusal has a sentence", () => {
  fc.assert(
    fc.property(asked, options, (request, offered) => {
      const { answer, refused } = decidePermission(request, offered);
      const allowed =
        answer.outcome === "selected" &&
        offered.some(({ optionId, kind }) => optionId === answer.optionId && kind === "allow_once");
      if (["execute", "fetch", "switch_mode"].includes(request.kind) || request.outside.length > 0)
        expect(allowed).toBe(false);
      if (["edit", "delete", "move"].includes(request.kind) && request.paths.length === 0) expect(allowed).toBe(false);
      expect(refused === null).toBe(allowed);
    }),
  );
});

test("reading and changing files of the copy is allowed", () => {
  for (const kind of ["read", "edit", "delete", "move", "search"] as const) {
    const request: AskedFor = { kind, title: "", paths: ["a.txt"], outside: [], showsChange: false };
    expect(decidePermission(request, [{ optionId: "1", kind: "allow_once" }])).toEqual({
      answer: { outcome: "selected", optionId: "1" },
      refused: null,
    });
  }
});

test("a change that is shown counts as one, whatever it is called", () => {
  const request: AskedFor = { kind: "other", title: "Patch", paths: ["a.txt"], outside: [], showsChange: true };
  expect(decidePermission(request, [{ optionId: "1", kind: "allow_once" }]).refused).toBe(null);
  expect(decidePermission({ ...request, outside: ["a.txt"] }, [{ optionId: "1", kind: "allow_once" }])).toEqual({
    answer: { outcome: "cancelled" },
    refused: 'It was not allowed to change "a.txt": it is outside or protected.',
  });
});
