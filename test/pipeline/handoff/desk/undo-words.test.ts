import { expect, test } from "vitest";
import { intents } from "../../../../models/starter/phrase-book/book.ts";
import { expandTemplate } from "../../../../models/starter/phrase-book/template.ts";
import { maySayUndo } from "../../../../pipeline/handoff/desk/undo-words.ts";

test("every way to ask for it that the starter knows counts", () => {
  const undo = intents.find(({ name }) => name === "undo");
  const wordings = [...(undo?.wordings ?? []), ...(undo?.heldOut ?? []), ...(undo?.typed ?? [])].flatMap(
    expandTemplate,
  );
  expect(wordings.length).toBeGreaterThan(100);
  expect(wordings.filter((wording) => !maySayUndo(wording))).toEqual([]);
});

test.each(["Undo that.", "un do that", "Undone?", "Please roll it back.", "Undue that.", "Put everything as it was"])(
  "so does %j",
  (text) => expect(maySayUndo(text)).toBe(true),
);

test.each(["", "yes", "what is the time", "write a fizz buzz script", "apply amber seven", "thunder in london"])(
  "nothing of it is in %j",
  (text) => expect(maySayUndo(text)).toBe(false),
);
