import { expect, test } from "vitest";
import { actionStyle } from "../../../../pipeline/handoff/coder/action-style.ts";

test.each([
  ["Devstral-Small-2-24B-Instruct-Q4_K_M.gguf", "tools"],
  ["hf.co/unsloth/gpt-oss-20b-GGUF", "tools"],
  ["gpt_oss:120b", "tools"],
  ["Qwen3.5-35B-A3B", "tools"],
  ["qwen3.6:27b", "tools"],
  ["qwen4-9b", "tools"],
  ["qwen2.5-coder:7b", "text"],
  ["Qwen3-Coder-30B-A3B-Instruct", "text"],
  ["qwen3:8b", "text"],
  ["Qwen-7B-Chat", "text"],
  ["Qwen-72B", "text"],
  ["gemma-4-31b-it", "text"],
  ["starter-coder", "text"],
  ["", "text"],
])("%s answers by %s", (model, style) => {
  expect(actionStyle("auto", model)).toBe(style);
});

test("what is wanted is done, whatever the model is", () => {
  expect(actionStyle("text", "devstral")).toBe("text");
  expect(actionStyle("tools", "gemma")).toBe("tools");
});
