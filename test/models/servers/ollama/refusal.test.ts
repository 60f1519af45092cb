import { describe, expect, test } from "vitest";
import { modelErrorOf, Refusal } from "../../../../models/servers/ollama/refusal.ts";

const about = { model: "qwen3:4b", address: "http://127.0.0.1:11434" };

/** From llm/status.go and the places that report a load. */
const cases = [
  [500, "llama-server process has terminated: cudaMalloc failed: out of memory", "no-memory"],
  [500, "hipMalloc failed", "no-memory"],
  [500, "ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory", "no-memory"],
  [500, "error: VK_ERROR_OUT_OF_DEVICE_MEMORY", "no-memory"],
  [500, "unable to allocate: Failed to Allocate buffer", "no-memory"],
  [500, "model requires more system memory (9.8 GiB) than is available (7.1 GiB)", "no-memory"],
  [500, "unable to load full model on GPU", "no-memory"],
  [400, "registry.ollama.ai/library/gemma3:1b does not support tools", "unsupported"],
  [400, '"nomic-embed-text" does not support chat', "unsupported"],
  [500, "unsupported format: this model may be incompatible with your version of Ollama", "bad-model"],
  [500, "model runner has unexpectedly stopped, this may be due to resource limitations", "engine-failed"],
  [500, "llama-server process has terminated: signal: killed", "engine-failed"],
  [503, "server busy, please try again.  maximum pending requests exceeded", "busy"],
  [404, "model 'qwen3:4b' not found", "not-installed"],
  [200, "pull model manifest: file does not exist", "not-installed"],
] as const;

describe("what Ollama's words mean", () => {
  for (const [status, words, code] of cases) {
    test(`${status} "${words}" is ${code}`, () => {
      expect(modelErrorOf(new Refusal(status, words), about)).toMatchObject({ name: "ModelError", code });
    });
  }

  test("a connection that nobody takes says how to start Ollama", () => {
    const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    expect(modelErrorOf(refused, about)).toMatchObject({
      code: "server-down",
      message: 'Ollama does not answer at http://127.0.0.1:11434: start it with "ollama serve"',
    });
  });

  test("what is not Ollama's doing stays as it is", () => {
    const bug = new TypeError("undefined is not a function");
    expect(modelErrorOf(bug, about)).toBe(bug);
  });
});
