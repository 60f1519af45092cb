import type { PromptPiece } from "../../servers/server.ts";
import { singleTurnPrompt } from "../prompt.ts";
import type { Task } from "./task.ts";

/** What the model reads of a task. */
export function coderPromptText({ language, words }: Pick<Task, "words"> & { readonly language: string }): string {
  return `${language}: ${words}`;
}

export function coderPrompt(task: Pick<Task, "words"> & { readonly language: string }): readonly PromptPiece[] {
  return singleTurnPrompt("coder", coderPromptText(task));
}
