/** How a model writes what it wants done: as text, or as calls of functions. */
export type ActionStyle = "text" | "tools";

/**
 * What a model is better at, by its name, such as "qwen2.5-coder:7b" or "Devstral-Small-2-24B-Q4_K_M.gguf". Text for all that
 * nothing is known of: code in JSON lowers what most models can do, and small ones often fail at calls.
 */
export function actionStyle(wanted: ActionStyle | "auto", model: string): ActionStyle {
  if (wanted !== "auto") return wanted;
  return callsWell.test(model) ? "tools" : "text";
}

const callsWell = /devstral|gpt[-_ ]?oss|qwen[-_ ]?(?:3\.[5-9]|[4-9](?!\d*b))/i;
