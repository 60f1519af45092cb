import { z } from "zod";
import type { ToolSpec } from "../roles.ts";

/** A function that the voice may call: pure but for what its factory was handed. */
export interface Tool {
  readonly spec: ToolSpec;
  /** JSON text in, JSON text out; arguments that do not fit give `{"error": …}`. */
  run(argumentsJson: string): string;
  /** Sentences that say the result truthfully, the plainest first; none when the JSON is not a result of this tool. */
  sentences(resultJson: string): readonly string[];
}

export interface ToolDefinition<Args extends z.ZodType, Result extends z.ZodType> {
  readonly name: string;
  readonly description: string;
  readonly args: Args;
  readonly result: Result;
  readonly run: (args: z.output<Args>) => z.input<Result> | { readonly error: string };
  /** At least one sentence. */
  readonly sentences: (result: z.output<Result>) => readonly string[];
}

const failure = z.strictObject({ error: z.string() });

export function defineTool<Args extends z.ZodType, Result extends z.ZodType>(
  definition: ToolDefinition<Args, Result>,
): Tool {
  const { name, description } = definition;
  const { $schema: _, ...parameters } = z.toJSONSchema(definition.args);
  return {
    spec: { name, description, parameters },
    run(argumentsJson) {
      const args = definition.args.safeParse(parseJson(argumentsJson));
      return JSON.stringify(args.success ? definition.run(args.data) : { error: `Wrong arguments for ${name}.` });
    },
    sentences(resultJson) {
      const json = parseJson(resultJson);
      const failed = failure.safeParse(json);
      if (failed.success) return [failed.data.error];
      const result = definition.result.safeParse(json);
      return result.success ? definition.sentences(result.data) : [];
    },
  };
}

/** No arguments; a model may write `{}` or nothing at all. */
export const noArgs = z.preprocess((value) => value ?? {}, z.object({}));

function parseJson(text: string): unknown {
  try {
    return text.trim() === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
