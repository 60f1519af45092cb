import { expect, test } from "vitest";
import { downloadSource, hubAddress } from "../../../models/catalog/download-source.ts";

const hub = "https://huggingface.co";

test.each<[text: string, url: string, fileName: string]>([
  ["qwen3:4b", `${hub}/Qwen/Qwen3-4B-GGUF/resolve/main/Qwen3-4B-Q4_K_M.gguf`, "Qwen3-4B-Q4_K_M.gguf"],
  [
    "gemma3:1b@q8_0",
    `${hub}/ggml-org/gemma-3-1b-it-GGUF/resolve/main/gemma-3-1b-it-Q8_0.gguf`,
    "gemma-3-1b-it-Q8_0.gguf",
  ],
  ["hf:a/b/c/d.gguf", `${hub}/a/b/resolve/main/c/d.gguf`, "d.gguf"],
  ["https://example.org/x%20y.gguf?z=1", "https://example.org/x%20y.gguf?z=1", "x y.gguf"],
  ["http://127.0.0.1:9/m.gguf", "http://127.0.0.1:9/m.gguf", "m.gguf"],
])("%s is a file", (text, url, fileName) => {
  expect(downloadSource(text, hub)).toMatchObject({ kind: "file", url, fileName });
});

test("ollama:… is Ollama's", () => {
  expect(downloadSource("ollama:qwen3:4b", hub)).toEqual({ kind: "ollama", name: "qwen3:4b" });
});

test.each([
  ["qwen3:5b", /no such model in the catalog/],
  ["qwen3:4b@Q2_K", /no such model in the catalog/],
  ["hf:qwen", /expected hf:<owner>\/<repo>\/<file>\.gguf/],
  ["https://example.org/model.bin", /the address of a \.gguf file/],
  ["http://example.org/m.gguf", /over https only/],
  ["https://example.org/..%2Fm.gguf", /is no name for a file/],
  ["https://example.org/.gguf", /is no name for a file/],
  ["ollama:", /expected ollama:<name>/],
])("%s is refused", (text, says) => {
  expect(() => downloadSource(text, hub)).toThrow(says);
});

test("a mirror may stand for the hub", () => {
  expect(hubAddress({ HF_ENDPOINT: "http://127.0.0.1:1/" })).toBe("http://127.0.0.1:1");
  expect(hubAddress({})).toBe(hub);
});
