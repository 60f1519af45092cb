import { setImmediate as nextRound } from "node:timers/promises";
import { serve } from "../host/host-service.ts";
import { withPause } from "./flite-pauses.ts";
import { loadFlite } from "./flite-program.ts";
import { pronunciations } from "./flite-pronunciations.ts";
import { flitePieces } from "./flite-text.ts";
import { spokenWords, wordSpans } from "./flite-words.ts";
import { type SpokenPart, speakParams } from "./mouth-messages.ts";

/** The mouth: a process of its own, because synthesis blocks for tens of milliseconds at a time. */
await serve(async () => {
  const flite = await loadFlite();
  // The first run is three times slower than the others.
  flite.say("Ready.", { voice: "slt", speed: 1 });
  const pronounce = pronunciations(flite);
  const inTurn = turns();
  return {
    info: { engine: "flite" },
    methods: {
      speak: async (params, { emit, signal }) => {
        const { text, voice, speed } = speakParams.parse(params);
        const part = (value: SpokenPart): void => emit(value);
        let sent = 0;
        for (const piece of flitePieces(text)) {
          await inTurn(() => {
            if (signal.aborted) return;
            const said = flite.say(piece.text, { voice, speed });
            const { samples, fromMs } = withPause(said, pauseMs(piece.text) / speed);
            if (samples.length === 0) return;
            part({ samples });
            // Behind the sound, which nobody has to wait for.
            part({
              words: spokenWords(piece, wordSpans(pronounce(piece.text.split(" ")), said.phones), {
                fromMs,
                firstSample: sent,
              }),
            });
            sent += samples.length;
          });
        }
        return null;
      },
    },
  };
});

/** A sentence is followed by a longer breath than a clause; a clause cut between words by hardly any. */
function pauseMs(piece: string): number {
  if (/[.!?]["')]*$/.test(piece)) return 120;
  return /[,;:-]["')]*$/.test(piece) ? 70 : 30;
}

/** One synthesis at a time, with a look at the messages in between, so that an abort is seen before the next begins. */
function turns(): (work: () => void) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(() => nextRound()).then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
