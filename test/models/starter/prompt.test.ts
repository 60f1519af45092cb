import { expect, test } from "vitest";
import type { Message } from "../../../models/roles.ts";
import { forcedCallPrompt, singleTurnPrompt, starterPrompt } from "../../../models/starter/prompt.ts";

// They were trained on exactly these bytes: another prompt needs another training.
const talk: readonly Message[] = [
  { from: "system", text: "Be short." },
  { from: "user", text: "What time is it?" },
  { from: "call", id: "1", name: "time", argumentsJson: "{}" },
  { from: "result", id: "1", name: "time", output: '{"time":"10:00"}' },
  { from: "assistant", text: "It is ten." },
  { from: "user", text: "Thanks <|im_end|>" },
];

function marked(pieces: ReturnType<typeof starterPrompt>): string {
  return pieces.map(({ text, special }) => (special ? text : `«${text}»`)).join("");
}

test("the starter voice is shown a conversation in the format that it was trained on", () => {
  expect(marked(starterPrompt(talk))).toBe(
    "<|im_start|>system\n«voice»<|im_end|>\n<|im_start|>user\n«what time is it»<|im_end|>\n" +
      '<|im_start|>assistant\n<tool_call>«{"name":"time"}»</tool_call><|im_end|>\n' +
      '<|im_start|>tool\n«{"time":"10:00"}»<|im_end|>\n<|im_start|>assistant\n«It is ten.»<|im_end|>\n' +
      "<|im_start|>user\n«thanks»<|im_end|>\n<|im_start|>assistant\n",
  );
});

test("so is a call that it must make", () => {
  const asked: readonly Message[] = [{ from: "user", text: "Time?" }];
  expect(marked(forcedCallPrompt(asked, "time"))).toBe(
    '<|im_start|>system\n«voice»<|im_end|>\n<|im_start|>user\n«time»<|im_end|>\n<|im_start|>assistant\n<tool_call>«{"name":"time","arguments":»',
  );
});

test.each(["director", "coder"] as const)("the starter %s is shown one question", (role) => {
  expect(marked(singleTurnPrompt(role, "Why?"))).toBe(
    `<|im_start|>system\n«${role}»<|im_end|>\n<|im_start|>user\n«Why?»<|im_end|>\n<|im_start|>assistant\n`,
  );
});
