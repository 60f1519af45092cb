import type { Clock } from "../clock.ts";
import type { Coding, ModelStatus, Toolbox } from "../roles.ts";
import { arithmeticTool } from "./arithmetic.ts";
import { capitalTool } from "./capital.ts";
import { dateTool, timeTool } from "./clock-tools.ts";
import { codingTools, runAtDesk } from "./coding-tools.ts";
import { introduceTool } from "./introduce.ts";
import { jokeTool } from "./joke.ts";
import { askDirectorTool } from "./not-installed.ts";
import { spellTool } from "./spell.ts";
import { type MemoryFigures, memoryTool, modelsTool } from "./status-tools.ts";
import type { Tool } from "./tool.ts";

export interface ToolboxOptions {
  readonly clock: Clock;
  readonly status: () => readonly ModelStatus[];
  readonly memory: () => MemoryFigures;
  /** Which joke comes first. */
  readonly firstJoke: number;
}

/** The tools themselves, for those who also need the sentences that say their results. */
export function createTools({ clock, status, memory, firstJoke }: ToolboxOptions): readonly Tool[] {
  return [
    timeTool(clock),
    dateTool(clock),
    arithmeticTool,
    capitalTool,
    spellTool,
    jokeTool(firstJoke),
    introduceTool,
    modelsTool(status),
    memoryTool(memory),
    askDirectorTool,
    ...codingTools,
  ];
}

/** Functions of our own that a voice may call; those for coding jobs are done at the desk, when there is one. */
export function createToolbox(tools: readonly Tool[], coding: Coding | null): Toolbox {
  return {
    specs: tools.map(({ spec }) => spec),
    async run({ name, argumentsJson }, signal) {
      signal.throwIfAborted();
      const tool = tools.find(({ spec }) => spec.name === name);
      if (tool === undefined) return JSON.stringify({ error: `There is no tool called ${name}.` });
      const atDesk = coding === null ? undefined : await runAtDesk(coding, name, argumentsJson);
      return atDesk ?? tool.run(argumentsJson);
    },
  };
}
