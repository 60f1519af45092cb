import type { AudioFrame, Stt, Transcript, Vad, VadStream } from "../roles.ts";

/** Loudness from which the scripted VAD hears speech, as the mean square of 16-bit samples. */
const speechPower = 200 ** 2;

/** A VAD by loudness: sure of speech when a frame is loud, sure of silence when it is not. */
export const loudnessVad: Vad = {
  open(): VadStream {
    let isClosed = false;
    return {
      async score({ samples }) {
        if (isClosed) throw new Error("This stream is closed");
        const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(samples.length, 1);
        return power >= speechPower ? 0.99 : 0.01;
      },
      [Symbol.dispose]() {
        isClosed = true;
      },
    };
  },
};

/** What a scripted recogniser makes of one utterance: a text, or undefined for speech that it rejects. */
export type ScriptedUtterance = string | undefined;

/**
 * A recogniser that hears what it is told, one entry for each call; after the last it rejects. A word more becomes a partial result
 * with every `framesPerWord` frames.
 */
export function scriptedStt(script: Iterable<ScriptedUtterance>, framesPerWord = 10): Stt {
  const utterances = [...script];
  return {
    async *transcribe(frames, signal) {
      const text = utterances.shift();
      const words = text?.split(" ") ?? [];
      let count = 0;
      for await (const _frame of audible(frames, signal)) {
        count += 1;
        if (count % framesPerWord !== 0) continue;
        const shown = count / framesPerWord;
        if (shown <= words.length) yield partial(words.slice(0, shown).join(" "), shown === words.length);
      }
      signal.throwIfAborted();
      const heard = count === 0 ? undefined : text;
      yield {
        text: heard ?? "",
        final: true,
        rejected: count > 0 && heard === undefined,
        complete: heard !== undefined,
      };
    },
  };
}

function partial(text: string, complete: boolean): Transcript {
  return { text, final: false, rejected: false, complete };
}

/** The frames until they end; throws the signal's reason as soon as it aborts, even while a frame is awaited. */
async function* audible(
  frames: AsyncIterable<AudioFrame>,
  signal: AbortSignal,
): AsyncGenerator<AudioFrame, void, void> {
  const source = frames[Symbol.asyncIterator]();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  aborted.catch(() => undefined);
  signal.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await Promise.race([source.next(), aborted]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
