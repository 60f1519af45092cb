import { hostEntry } from "../host/entries.ts";
import { type Method, serve } from "../host/host-service.ts";
import { DecoderPool } from "./decoder-pool.ts";
import { audio, type EarsInfo } from "./ears-messages.ts";
import { unpackOptions } from "./ears-options.ts";
import { recognise } from "./phrase-recogniser.ts";
import { Silero, SileroState } from "./silero.ts";
import { loadGrammar } from "./stt-grammar.ts";

/** The ears' process: voice activity detection on this thread, speech recognition on others. */
await serve(async () => {
  const options = unpackOptions(process.argv[2] ?? "");
  const [silero, { pool, grammar }] = await Promise.all([Silero.load(), loadRecogniser()]);
  const info: EarsInfo = {
    vad: "silero-4",
    stt: "soundswallower-phrases",
    missingWords: [...grammar.missingWords],
  };

  async function loadRecogniser() {
    const loading = loadGrammar(options.grammar);
    const files = loading.then((grammar) => grammar.files);
    const pool = new DecoderPool({ entry: hostEntry("stt-worker"), files, maxThreads: options.maxDecoders });
    const [grammar] = await Promise.all([loading, pool.ready()]);
    return { pool, grammar };
  }

  /** One call is one connection: frames in, a probability out for each. */
  const vad: Method = async (_params, { input, emit }) => {
    const state = new SileroState();
    for await (const frame of input) emit(await silero.score(state, audio.parse(frame)));
    return null;
  };

  /** One call is one utterance: audio in, transcripts out. */
  const transcribe: Method = async (_params, { input, emit, signal }) => {
    await recognise({ pool, automaton: grammar.automaton }, audioOf(input), emit, signal);
    return null;
  };
  return { info, methods: { vad, transcribe } };
});

async function* audioOf(input: AsyncIterable<unknown>): AsyncGenerator<Int16Array, void, void> {
  for await (const value of input) yield audio.parse(value);
}
