import type { ClientClock } from "../client-clock.ts";
import { meterLevel, samplesOfBytes } from "../pcm16.ts";
import type { SessionWishes } from "../session-wishes.ts";
import { Talk } from "../talk.ts";
import type { TalkState } from "../talk-state.ts";
import { echoCancelledSource } from "./echo-cancelling.ts";
import { createJobKeys } from "./job-keys.ts";
import { keysIn, listenToKeys } from "./keys.ts";
import { missingSound } from "./missing-sound.ts";
import { openNodeSocket } from "./node-socket.ts";
import { ProgramSpeaker } from "./program-speaker.ts";
import { startRecorder } from "./recorder.ts";
import { installedPrograms, playerDefinitions, recorderDefinitions, type SoundProgram } from "./sound-programs.ts";
import { type TalkCommandOptions, TalkFailure, type TalkIo } from "./talk-options.ts";
import type { TalkScreen } from "./talk-screen.ts";
import { unknownVoice } from "./unknown-voice.ts";
import { unreachable } from "./unreachable.ts";

export interface LiveTalkOptions {
  readonly url: string;
  readonly token: string | null;
  readonly wishes: SessionWishes;
  readonly clock: ClientClock;
  readonly screen: TalkScreen;
  readonly io: TalkIo;
  readonly options: TalkCommandOptions;
}

interface Sound {
  readonly recorders: readonly SoundProgram[];
  readonly player: SoundProgram;
  /** The microphone is open while the assistant speaks. */
  readonly fullDuplex: boolean;
}

/** Talks by microphone and loudspeaker until `life` is aborted, by the person or from outside. */
export async function talkLive(given: LiveTalkOptions, life: AbortController): Promise<void> {
  const { screen, io, url, clock } = given;
  const sound = await findSound(given);
  if (!sound.fullDuplex) {
    screen.tell(
      "The microphone is closed while Sotto speaks, or it would hear itself; press s to cut in. With headphones: --full-duplex",
    );
  }
  let fail: (error: Error) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const jobKeys = createJobKeys();
  let before: TalkState | undefined;
  let speaker: ProgramSpeaker | undefined;
  const talk = new Talk({
    ...given,
    openSocket: openNodeSocket,
    createLoudspeaker: (report) => {
      speaker = new ProgramSpeaker({
        program: sound.player,
        clock,
        report,
        failed: (why) => talk.setProblem(`No sound: ${why}`),
      });
      return speaker;
    },
    onChange: (state) => {
      screen.show(before ?? state, state);
      before = state;
      jobKeys.watch(state);
      const why = unreachable(state);
      if (why) fail(new TalkFailure(why(url)));
      const strange = unknownVoice(state, given.wishes.voice);
      if (strange !== null) fail(new TalkFailure(strange));
    },
  });
  using _keys = listenToKeys(io.stdin, keysIn, (key) => {
    const request = jobKeys.request(key);
    if (request !== null) talk.client.send(request);
    else if (key === "mute") talk.setMuted(!talk.state.muted);
    else if (key === "stop") talk.stop();
    else if (key === "quit") life.abort();
  });
  using _recorder = keepRecording(sound.recorders, {
    frame: (bytes) => {
      const closed = talk.state.muted || (!sound.fullDuplex && talk.state.playingItem !== null);
      screen.level(closed ? 0 : meterLevel(samplesOfBytes(bytes)));
      // Silence instead of nothing: the service tells the end of speech by it.
      talk.client.sendAudio(closed ? new Uint8Array(bytes.length) : bytes);
    },
    failed: (why) => fail(new TalkFailure(`The microphone cannot be used: ${why}`)),
  });
  talk.start();
  try {
    await Promise.race([failure, aborted(life.signal)]);
  } finally {
    talk.close();
  }
}

async function findSound({ io, options }: LiveTalkOptions): Promise<Sound> {
  const { env } = io;
  const { platform } = process;
  const echoFree = options.device === undefined ? await echoCancelledSource(env) : null;
  const recorders = installedPrograms(recorderDefinitions, {
    only: options.recorder,
    device: options.device,
    env,
    platform,
  }).map((program) => (echoFree === null ? program : { ...program, env: { ...program.env, PULSE_SOURCE: echoFree } }));
  const [player] = installedPrograms(playerDefinitions, { only: options.player, env, platform });
  if (recorders.length === 0) throw new TalkFailure(missingSound("record", platform, options.recorder));
  if (!player) throw new TalkFailure(missingSound("play", platform, options.player));
  return { recorders, player, fullDuplex: options.fullDuplex ?? echoFree !== null };
}

/** Being on PATH does not mean that it works: a recorder that fails before its first sound gives way to the next. */
function keepRecording(
  programs: readonly SoundProgram[],
  listener: { frame(bytes: Uint8Array<ArrayBuffer>): void; failed(why: string): void },
): Disposable {
  let current: Disposable | undefined;
  const reasons: string[] = [];
  const start = (index: number): void => {
    const program = programs[index];
    if (!program) {
      listener.failed(reasons.join("; "));
      return;
    }
    let heard = false;
    current = startRecorder(program, {
      frame: (bytes) => {
        heard = true;
        listener.frame(bytes);
      },
      failed: (why) => {
        reasons.push(why);
        start(heard ? programs.length : index + 1);
      },
    });
  };
  start(0);
  return { [Symbol.dispose]: () => current?.[Symbol.dispose]() };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
