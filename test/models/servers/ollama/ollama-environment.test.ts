import { expect, test } from "vitest";
import { ollamaEnvironment } from "../../../../models/servers/ollama/ollama-environment.ts";

test("Ollama's variables are read as Ollama reads them", () => {
  const environment = { OLLAMA_KV_CACHE_TYPE: '"q8_0"', OLLAMA_NUM_PARALLEL: " 4 ", OLLAMA_MAX_LOADED_MODELS: "2" };
  expect(ollamaEnvironment(environment)).toEqual({ kvType: "q8_0", parallel: 4, maxLoaded: 2 });
});

test("what is not set, is left to Ollama or makes no sense is Ollama's default", () => {
  expect(ollamaEnvironment({})).toEqual({});
  const odd = { OLLAMA_KV_CACHE_TYPE: "q2", OLLAMA_NUM_PARALLEL: "0", OLLAMA_MAX_LOADED_MODELS: "many" };
  expect(ollamaEnvironment(odd)).toEqual({});
});
