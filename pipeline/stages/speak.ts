import type { Clock } from "../../models/clock.ts";
import type { Models, SpokenWord } from "../../models/roles.ts";
import { Channel } from "../flow/channel.ts";
import { isCrash, leaseAfterCrash } from "../flow/comeback.ts";
import { shownTimes, type WordTime, wordMap } from "../word-times.ts";

/** A piece of an answer with its sound; `audio` fills while it is being played. */
export interface SpokenClause {
  readonly shown: string;
  readonly spoken: boolean;
  readonly audio: AsyncIterable<Int16Array>;
  /** Length of the whole sound, null until the engine has made it all. */
  readonly samples: () => number | null;
  /** When the first words of `shown` are heard, as many as are known by now; none from an engine that cannot tell. */
  readonly words: () => readonly WordTime[];
}

export interface SpeakOptions {
  readonly models: Models;
  readonly clock: Clock;
  readonly voice: string;
  readonly speed: number;
  /** Written text to the words a speech engine should be given; empty when there is nothing to say. */
  readonly speakable: (text: string) => string;
  readonly log: (line: string) => void;
  readonly mark: (mark: "first-clause" | "first-speech") => void;
}

/** Code is for the eyes. It is mentioned once in an answer, and never read aloud. */
const codeLine = "I put the code on the screen.";
const comebackMs = 3_000;
const mostTries = 3;

/**
 * Clauses to sound, in order, one synthesis at a time. A clause whose engine fails stays silent but is shown:
 * half an answer on the screen is better than none.
 */
export async function* speak(
  clauses: AsyncIterable<{ readonly shown: string; readonly spoken: boolean }>,
  options: SpeakOptions,
  signal: AbortSignal,
): AsyncGenerator<SpokenClause, void, void> {
  let codeWasMentioned = false;
  for await (const { shown, spoken } of clauses) {
    const isNewCode: boolean = !spoken && !codeWasMentioned && /\w/.test(shown);
    codeWasMentioned ||= isNewCode;
    const text = spoken ? options.speakable(shown) : isNewCode ? codeLine : "";
    const audio = new Channel<Int16Array>();
    if (text === "") {
      audio.close();
      yield { shown, spoken: false, audio, samples: () => 0, words: () => [] };
      continue;
    }
    options.mark("first-clause");
    let samples: number | null = null;
    let words: readonly WordTime[] = [];
    const onWords = wordListener(shown, text, options.speakable, (times) => {
      words = times;
    });
    // The words for code are not those that are shown.
    const synthesis = synthesise(text, { audio, onWords: spoken ? onWords : () => undefined }, options, signal)
      .then((made) => {
        samples = made;
      })
      .finally(() => audio.close());
    yield { shown, spoken: true, audio, samples: () => samples, words: () => words };
    await synthesis;
  }
}

/** Told of spoken words, it tells of shown ones. */
function wordListener(
  shown: string,
  text: string,
  speakable: (text: string) => string,
  tell: (times: readonly WordTime[]) => void,
): (words: readonly SpokenWord[]) => void {
  let map: ReturnType<typeof wordMap> | undefined;
  let spoken: readonly SpokenWord[] = [];
  return (words) => {
    map ??= wordMap(shown, text, speakable);
    spoken = [...spoken, ...words];
    tell(shownTimes(map, spoken));
  };
}

interface Sink {
  readonly audio: Channel<Int16Array>;
  readonly onWords: (words: readonly SpokenWord[]) => void;
}

async function synthesise(
  text: string,
  { audio, onWords }: Sink,
  options: SpeakOptions,
  signal: AbortSignal,
): Promise<number> {
  let made = 0;
  const { models, clock, voice, speed, log, mark } = options;
  for (let tries = 1; tries <= mostTries; tries += 1) {
    try {
      using lease = await leaseAfterCrash(models, { role: "tts", clock, withinMs: comebackMs }, signal);
      for await (const frame of lease.engine.speak(text, { voice, speed }, signal)) {
        mark("first-speech");
        made += frame.samples.length;
        if (frame.words !== undefined) onWords(frame.words);
        audio.push(frame.samples);
      }
      return made;
    } catch (error) {
      if (signal.aborted) return made;
      log(`speak: ${String(error)}`);
      // Half a clause is not said twice.
      if (!isCrash(error) || made > 0) return made;
    }
  }
  return made;
}
