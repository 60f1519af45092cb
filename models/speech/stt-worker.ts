import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { type Decoded, toDecoder } from "./ears-messages.ts";
import { PhraseDecoder } from "./phrase-decoder.ts";

const niceness = 10;
const port = parentPort;
if (port === null) throw new Error("This file runs as a worker thread only");
const send = (message: Decoded): void => port.postMessage(message);
const failed = (error: unknown): void =>
  send({ kind: "failed", message: error instanceof Error ? error.message : String(error) });

// Voice activity detection, on the process's main thread, goes before decoding. Only Linux gives each thread its own priority.
try {
  const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  if (thread > 0) setPriority(thread, niceness);
} catch {
  // Elsewhere all threads share one priority, and it stays as it is.
}

let decoder: PhraseDecoder | undefined;
port.on("message", (message) => {
  const to = toDecoder.parse(message);
  if (to.kind === "decode") {
    send({ kind: "words", id: to.id, words: [...(decoder?.decode(to.samples, to.partial) ?? [])] });
    return;
  }
  PhraseDecoder.load(to.files)
    .then(async (loaded) => {
      decoder = loaded.decoder;
      send({ kind: "ready" });
      await loaded.complete;
    })
    .catch(failed);
});
