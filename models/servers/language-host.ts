import { z } from "zod";
import { serve } from "../host/host-service.ts";
import { engineOptions, generateParams } from "./language-messages.ts";
import { LlamaEngine } from "./llama-engine.ts";

/** Entry of the process that runs one language model. Arguments: path of a GGUF file, options as JSON. */
await serve(async () => {
  const [path, options] = z.tuple([z.string(), z.string()]).parse(process.argv.slice(2));
  const engine = await LlamaEngine.load(path, engineOptions.parse(JSON.parse(options)));
  return {
    info: engine.info,
    methods: {
      generate: (params, call) => engine.generate(generateParams.parse(params), call),
      counters: async () => engine.counters(),
    },
  };
});
