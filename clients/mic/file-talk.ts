import { accessSync, constants, existsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { ClientClock } from "../client-clock.ts";
import { bytesOfSamples, wireRateHz } from "../pcm16.ts";
import type { SessionWishes } from "../session-wishes.ts";
import { Talk } from "../talk.ts";
import { statusOf, type TalkState } from "../talk-state.ts";
import { fileFault } from "./file-fault.ts";
import { isWorking, jobNewsStep, noJobNews } from "./job-news.ts";
import { openNodeSocket } from "./node-socket.ts";
import { TalkFailure } from "./talk-options.ts";
import type { TalkScreen } from "./talk-screen.ts";
import type { PlannedTurn } from "./turn-plan.ts";
import type { TurnQueue } from "./turn-queue.ts";
import { scheduleStart, scheduleStep } from "./turn-schedule.ts";
import { unknownVoice } from "./unknown-voice.ts";
import { unreachable } from "./unreachable.ts";
import { VirtualSpeaker } from "./virtual-speaker.ts";
import { writeWav } from "./wav-writer.ts";

export interface FileTalkOptions {
  readonly url: string;
  readonly token: string | null;
  readonly wishes: SessionWishes;
  readonly queue: TurnQueue;
  readonly save: string | undefined;
  readonly clock: ClientClock;
  readonly screen: TalkScreen;
}

const tickMs = 20;
const tickFrames = (wireRateHz * tickMs) / 1_000;
/** A machine that slept does not have to catch up. */
const mostLateMs = 1_000;

/** Holds a conversation from files, at the pace of real speech, with a loudspeaker that nobody hears. */
export async function talkFromFiles(options: FileTalkOptions, signal: AbortSignal): Promise<void> {
  const { screen, queue } = options;
  // Before anything is said: a conversation cannot be had again.
  if (options.save !== undefined) checkWritable(options.save);
  let speaker: VirtualSpeaker | undefined;
  let before: TalkState | undefined;
  const talk = new Talk({
    ...options,
    openSocket: openNodeSocket,
    createLoudspeaker: (report) => {
      speaker = new VirtualSpeaker(report);
      return speaker;
    },
    onChange: (state) => {
      screen.show(before ?? state, state);
      before = state;
    },
  });
  if (!speaker) throw new TypeError("A talk makes its loudspeaker at once");
  talk.start();
  try {
    const answered = await run(talk, speaker, options, signal);
    const said = queue.turns.length;
    if (answered === 0 && said > 0)
      throw new TalkFailure(`No answer came to ${said === 1 ? "it" : `any of ${said} turns`}.`);
  } finally {
    talk.close();
    // What was heard before Ctrl-C, or before the connection broke, is kept, too.
    if (options.save !== undefined && speaker.heard.length > 0) save(options.save, speaker);
  }
}

/** @returns how many turns were answered */
async function run(
  talk: Talk,
  speaker: VirtualSpeaker,
  options: FileTalkOptions,
  signal: AbortSignal,
): Promise<number> {
  const { clock, screen, queue } = options;
  const { turns } = queue;
  const microphone = new FileMicrophone();
  let schedule = scheduleStart;
  let news = noJobNews;
  let answersBefore = 0;
  let dueMs = clock.nowMs();
  while (schedule.status !== "finished") {
    const state = talk.state;
    const why = unreachable(state);
    if (why !== null) throw new TalkFailure(why(options.url));
    const strange = unknownVoice(state, options.wishes.voice);
    if (strange !== null) throw new TalkFailure(strange);
    if (queue.failure !== null) throw queue.failure;
    news = jobNewsStep(news, state);
    const moment = {
      nowMs: clock.nowMs(),
      ready: state.link.status === "ready",
      said: microphone.silent,
      answers: answersIn(state) - answersBefore,
      sounding: state.playingItem !== null,
      idle: speaker.idle && statusOf(state) === "listening" && state.owed === 0 && !isWorking(news),
      owed: news.owed.length > 0,
      more: queue.more,
    };
    const cutIns = turns.map((turn) => turn.cutInMs);
    const step = scheduleStep(schedule, moment, cutIns);
    schedule = step.state;
    if (step.unanswered) screen.tell(`No answer came to ${nameOf(turns[schedule.turn - 1])}.`);
    const turn = step.begin ? turns[schedule.turn] : undefined;
    if (turn) {
      answersBefore = answersIn(state);
      if (turn.what.type === "text") talk.say(turn.what.text);
      else microphone.play(turn.what.samples);
    }
    screen.progress(
      schedule.status === "saying" ? { turn: schedule.turn, of: turns.length, part: microphone.part } : null,
    );
    if (moment.ready) talk.client.sendAudio(bytesOfSamples(microphone.next()));
    speaker.advance(tickFrames);
    dueMs = Math.max(dueMs + tickMs, clock.nowMs() - mostLateMs);
    await clock.sleep(Math.max(0, dueMs - clock.nowMs()), signal);
  }
  return schedule.answered;
}

function answersIn(state: TalkState): number {
  return state.lines.filter(
    (line) => line.from === "assistant" && (line.playedSamples > 0 || line.status !== "speaking"),
  ).length;
}

function nameOf(turn: PlannedTurn | undefined): string {
  return turn?.what.type === "sound" ? turn.what.name : "what was typed";
}

function checkWritable(path: string): void {
  const there = existsSync(path);
  if (there && statSync(path).isDirectory()) throw new TalkFailure(`Cannot write ${path}: it is a folder`);
  writing(path, () => accessSync(there ? path : dirname(path), constants.W_OK));
}

function save(path: string, speaker: VirtualSpeaker): void {
  writing(path, () => writeFileSync(path, writeWav(speaker.heard, wireRateHz)));
}

function writing(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new TalkFailure(`Cannot write ${path}: ${fileFault(error, "write")}`);
  }
}

/** A microphone that hears a file, and silence before and after it. */
class FileMicrophone {
  #samples: Int16Array = new Int16Array(0);
  #at = 0;

  get silent(): boolean {
    return this.#at >= this.#samples.length;
  }

  /** How much of the file has been heard, 0 to 1. */
  get part(): number {
    return this.#samples.length === 0 ? 1 : Math.min(1, this.#at / this.#samples.length);
  }

  play(samples: Int16Array): void {
    this.#samples = samples;
    this.#at = 0;
  }

  next(): Int16Array {
    const chunk = new Int16Array(tickFrames);
    chunk.set(this.#samples.subarray(this.#at, this.#at + tickFrames));
    this.#at += tickFrames;
    return chunk;
  }
}
