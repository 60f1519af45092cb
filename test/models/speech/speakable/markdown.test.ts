import { describe, expect, test } from "vitest";
import { codePhrase } from "../../../../models/speech/speakable/markdown.ts";
import { speakable } from "../../../../models/speech/speakable/speakable.ts";

describe("Markdown", () => {
  test("marks are dropped, words stay", () => {
    expect(speakable("**Bold**, *soft*, __strong__, _em_, ~~gone~~ and `code`.")).toBe(
      "Bold, soft, strong, em, gone and code.",
    );
    expect(speakable("[the docs](https://example.com/a_(b)) and ![a cat](cat.png)")).toBe("the docs and a cat");
    expect(speakable("<b>Hi</b> &amp; <https://example.com>[^1]")).toBe("Hi and example dot com");
    expect(speakable("> quoted\n> twice")).toBe("quoted twice");
  });

  test("headings, list items and rows end like sentences", () => {
    expect(speakable("# Title\nText\n\n- one\n- two\n  * three\n\n1. first\n2) second\n- [x] done")).toBe(
      "Title. Text. one. two. three. one, first. two, second. done.",
    );
    expect(speakable("| a | b |\n|---|:-:|\n| c | d |")).toBe("a, b. c, d.");
    expect(speakable("before\n\n---\n\nafter")).toBe("before. after");
  });

  test("code blocks are one phrase, once", () => {
    for (const code of [
      "```ts\nlet secret = 1;\n```",
      "~~~\nsecret\n~~~",
      "````\n```\nsecret\n```\n````",
      "```\nsecret",
      "``` secret ```",
    ]) {
      expect(speakable(code), code).toBe(codePhrase);
      const twice = speakable(`Before:\n${code.endsWith("secret") ? "```\nsecret\n```" : code}\nbetween.\n\n${code}`);
      expect(twice, code).toBe(`Before: ${codePhrase} between.`);
    }
    expect(speakable("Look: ```js\nsecret\n``` Done.")).toBe(`Look: ${codePhrase} Done.`);
  });

  test("a hard-wrapped paragraph stays one sentence", () => {
    expect(speakable("The quick\nbrown fox\njumps.")).toBe("The quick brown fox jumps.");
  });
});
