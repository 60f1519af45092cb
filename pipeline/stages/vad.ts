import { type AudioFrame, frameSamples, sampleRateHz } from "../../models/roles.ts";

/** What the VAD heard. `speech-end` says that silence began, not that the turn is over: that is for the turn stage to decide. */
export type VadEvent =
  /** `atMs` is the beginning of the first frame of speech, before the moment that made it sure. */
  | { readonly type: "speech-start"; readonly atMs: number }
  /** With each frame while speech goes on; `speechMs` since `speech-start`. */
  | { readonly type: "speech-progress"; readonly speechMs: number }
  /** `atMs` is the middle of the last frame of speech: somewhere in it speech ended. */
  | { readonly type: "speech-end"; readonly atMs: number }
  /** With each frame while nobody speaks, once somebody has: `sinceMs` since `speech-end`. */
  | { readonly type: "silence"; readonly sinceMs: number };

export interface VadSettings {
  /** Probability at which a frame is speech. */
  readonly startThreshold: number;
  /** Probability below which a frame is silence; between the two, things stay as they are. */
  readonly endThreshold: number;
  /** Speech before it counts: clicks and noise seldom last so long. */
  readonly minSpeechMs: number;
  /** Silence inside the first words that does not undo them. */
  readonly gapMs: number;
  /** Silence before speech counts as ended: closures of consonants are shorter. */
  readonly minSilenceMs: number;
}

export const defaultVadSettings: VadSettings = {
  startThreshold: 0.5,
  endThreshold: 0.35,
  minSpeechMs: 96,
  gapMs: 64,
  minSilenceMs: 96,
};

/** Settings for another sensitivity; the two thresholds keep their distance. */
export function vadSettings(threshold: number): VadSettings {
  return { ...defaultVadSettings, startThreshold: threshold, endThreshold: Math.max(threshold - 0.15, 0.01) };
}

/** What the frames themselves say where the detector is slow to: soft sounds at the edges of speech. Levels in decibels. */
interface Loudness {
  /** Of the room when nobody speaks. */
  readonly roomDb: number;
  /** Of the last few frames before the first of speech, newest last, for as long as the detector was not sure of silence. */
  readonly unsureDb: readonly number[];
}

export type VadState = Loudness &
  (
    | /** `silentSinceMs` is undefined until somebody has spoken. */
    { readonly status: "silent"; readonly silentSinceMs: number | undefined }
    /** Perhaps speech: `speechMs` of it so far, in frames from `startMs` on, the last one ending at `lastMs`. */
    | {
        readonly status: "starting";
        readonly silentSinceMs: number | undefined;
        readonly startMs: number;
        readonly lastMs: number;
        readonly speechMs: number;
      }
    /** Speech; `lastMs` is the end of its last frame so far, `afterDb` the levels of the frames since. */
    | {
        readonly status: "speaking";
        readonly startMs: number;
        readonly lastMs: number;
        readonly afterDb: readonly number[];
      }
  );

/** The level of a very quiet room. */
const quietestDb = 25;
export const initialVadState: VadState = {
  status: "silent",
  silentSinceMs: undefined,
  roomDb: quietestDb,
  unsureDb: [],
};

const frameMs = (frameSamples / sampleRateHz) * 1_000;
/** Below this the detector is sure of silence. */
const sureSilence = 0.15;
const longestUnsureFrames = 5;
/** A soft first sound, as in "four", is this far above the room; a soft last one, as in "meters", still further, for rooms echo. */
const onsetDb = 12;
const releaseDb = 22;

/** Turns the probability of one frame into events. Pure: all times come from `frame.atMs`, in milliseconds of the session. */
export function stepVad(
  state: VadState,
  { frame, probability }: { readonly frame: AudioFrame; readonly probability: number },
  settings: VadSettings = defaultVadSettings,
): { readonly state: VadState; readonly events: readonly VadEvent[] } {
  const endMs = frame.atMs + frameMs;
  const { roomDb } = state;
  if (state.status === "speaking") {
    const goesOn = probability >= settings.endThreshold;
    const lastMs = goesOn ? endMs : state.lastMs;
    const afterDb = goesOn ? [] : [...state.afterDb, levelDb(frame)];
    if (endMs - lastMs < settings.minSilenceMs) {
      return {
        state: { ...state, lastMs, afterDb },
        events: [{ type: "speech-progress", speechMs: endMs - state.startMs }],
      };
    }
    const atMs = lastMs - frameMs / 2 + frameMs * leading(afterDb, roomDb + releaseDb);
    return {
      state: { status: "silent", silentSinceMs: atMs, roomDb, unsureDb: [] },
      events: [
        { type: "speech-end", atMs },
        { type: "silence", sinceMs: endMs - atMs },
      ],
    };
  }
  const { silentSinceMs } = state;
  const silence: readonly VadEvent[] =
    silentSinceMs === undefined ? [] : [{ type: "silence", sinceMs: endMs - silentSinceMs }];
  if (probability < settings.startThreshold) {
    if (state.status === "starting" && endMs - state.lastMs <= settings.gapMs) return { state, events: silence };
    return { state: { status: "silent", silentSinceMs, ...quietFrame(state, frame, probability) }, events: silence };
  }
  const onsetMs = frameMs * leading(state.unsureDb.toReversed(), roomDb + onsetDb);
  const startMs = state.status === "starting" ? state.startMs : Math.max(frame.atMs - onsetMs, silentSinceMs ?? 0);
  const speechMs = frameMs + (state.status === "starting" ? state.speechMs : 0);
  const loudness = { roomDb, unsureDb: state.unsureDb };
  if (speechMs < settings.minSpeechMs) {
    return {
      state: { status: "starting", silentSinceMs, startMs, lastMs: endMs, speechMs, ...loudness },
      events: silence,
    };
  }
  return {
    state: { status: "speaking", startMs, lastMs: endMs, afterDb: [], ...loudness },
    events: [
      { type: "speech-start", atMs: startMs },
      { type: "speech-progress", speechMs: endMs - startMs },
    ],
  };
}

/** A frame that is not speech teaches how loud the room is, unless it may be the beginning of speech. */
function quietFrame(state: VadState, frame: AudioFrame, probability: number): Loudness {
  const level = levelDb(frame);
  if (probability >= sureSilence)
    return { roomDb: state.roomDb, unsureDb: [...state.unsureDb, level].slice(-longestUnsureFrames) };
  return { roomDb: Math.max(state.roomDb + 0.2 * (level - state.roomDb), quietestDb), unsureDb: [] };
}

/** How many of the levels, from the first on, reach a level. */
function leading(levels: readonly number[], reachDb: number): number {
  const end = levels.findIndex((level) => level < reachDb);
  return end < 0 ? levels.length : end;
}

function levelDb({ samples }: AudioFrame): number {
  return 10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length + 1);
}
