import { z } from "zod";
import { hostArguments, serve } from "../host/host-service.ts";
import { chatPromptParams } from "./chat-style.ts";
import { engineOptions, generateParams } from "./language-messages.ts";
import { LlamaEngine } from "./llama-engine.ts";

/** Entry of the process that runs one language model. Arguments: path of a GGUF file, options as JSON; of a spare one, these, and then both of the load that is expected, if any. */
await serve(async () => {
  const args = await hostArguments(async ([options = "{}", path, expected = "{}"]) => {
    const likeliest = path === undefined ? [] : [{ path, options: engineOptions.parse(JSON.parse(expected)) }];
    await LlamaEngine.prepare(engineOptions.parse(JSON.parse(options)), ...likeliest);
  });
  const [path, options] = z.tuple([z.string(), z.string()]).parse(args);
  const engine = await LlamaEngine.load(path, engineOptions.parse(JSON.parse(options)));
  return {
    info: engine.info,
    methods: {
      generate: (params, call) => engine.generate(generateParams.parse(params), call),
      prompt: async (params) => engine.prompt(chatPromptParams.parse(params)),
      counters: async () => engine.counters(),
    },
  };
});
