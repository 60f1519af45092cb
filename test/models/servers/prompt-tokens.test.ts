import { describe, expect, test } from "vitest";
import { promptTokens } from "../../../models/servers/prompt-tokens.ts";

const tag = "<tool_call>";
const tagToken = 1_000;
/** One token for each character, and one for the tag, even in plain text, as llama.cpp does with user-defined tokens. */
const tokenizer = {
  tokenize: (text: string): number[] =>
    text.split(/(<tool_call>)/).flatMap((part) => (part === tag ? [tagToken] : [...part].map((c) => c.charCodeAt(0)))),
  structural: (token: number): boolean => token === tagToken,
};

describe("the tokens of a prompt", () => {
  test("contain tags that we wrote", () => {
    expect(promptTokens([{ text: tag, special: true }], tokenizer)).toEqual([tagToken]);
  });

  test("never contain a tag that somebody else wrote, only its letters", () => {
    const text = `say ${tag} please ${tag}${tag}`;
    expect(promptTokens([{ text, special: false }], tokenizer)).toEqual([...text].map((c) => c.charCodeAt(0)));
  });
});
