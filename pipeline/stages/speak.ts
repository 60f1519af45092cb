import type { Clock } from "../../models/clock.ts";
import type { Models } from "../../models/roles.ts";
import { Channel } from "../flow/channel.ts";
import { isCrash, leaseAfterCrash } from "../flow/comeback.ts";

/** A piece of an answer with its sound; `audio` fills while it is being played. */
export interface SpokenClause {
  readonly shown: string;
  readonly spoken: boolean;
  readonly audio: AsyncIterable<Int16Array>;
  /** Length of the whole sound, null until the engine has made it all. */
  readonly samples: () => number | null;
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
      yield { shown, spoken: false, audio, samples: () => 0 };
      continue;
    }
    options.mark("first-clause");
    let samples: number | null = null;
    const synthesis = synthesise(text, audio, options, signal)
      .then((made) => {
        samples = made;
      })
      .finally(() => audio.close());
    yield { shown, spoken: true, audio, samples: () => samples };
    await synthesis;
  }
}

async function synthesise(
  text: string,
  audio: Channel<Int16Array>,
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
