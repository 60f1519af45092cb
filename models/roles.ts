/** The ports of `models/`: all that the pipeline sees of a model. */

/** Rate of all audio inside Sotto; the wire's rates are converted at the edge. */
export const sampleRateHz = 16_000;
/** One step of voice activity detection: 512 samples, 32 ms. */
export const frameSamples = 512;

/** 16 kHz mono PCM. `atMs` counts from the session's first sample, so stages never ask a clock. */
export interface AudioFrame {
  readonly samples: Int16Array;
  readonly atMs: number;
}

/** What the recogniser made of a stretch of speech. */
export interface Transcript {
  readonly text: string;
  /** The last word on this utterance; exactly one of a `transcribe` call's transcripts is final. */
  readonly final: boolean;
  /** Speech was heard but is nothing that this recogniser can write down. `text` is then empty. */
  readonly rejected: boolean;
  /** The words so far could be a whole utterance; undefined when the recogniser cannot tell. */
  readonly complete?: boolean;
}

/** What was said so far, for a model to answer. */
export type Message =
  | { readonly from: "system" | "user" | "assistant"; readonly text: string }
  | { readonly from: "call"; readonly id: string; readonly name: string; readonly argumentsJson: string }
  | { readonly from: "result"; readonly id: string; readonly name: string; readonly output: string };

/** A function that a model may call; `parameters` is a JSON schema. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

export interface ReplyRequest {
  /** Names the conversation, so that an engine can keep what it computed for the messages they share. */
  readonly conversation: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly toolChoice: ToolChoice;
  readonly maxTokens: number;
}

/** A piece of an answer: text to say, or a function to call. */
export type ReplyContent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "call"; readonly name: string; readonly argumentsJson: string };

/** Tokens that a language model read and wrote for an answer. Sound is not tokens: no model of ours reads or writes it. */
export interface TokenUsage {
  readonly inputTokens: number;
  /** Of the input, what was still known from an earlier answer and not computed again. */
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

/** Last of an answer, when the engine tells: why it ended, and what it cost; null where that is not known. */
export interface ReplyEnd {
  readonly type: "end";
  /** `length`: it was cut, because it had as many tokens as it may have or as there is room for. */
  readonly reason: "end" | "length";
  readonly usage: TokenUsage | null;
}

export type ReplyPart = ReplyContent | ReplyEnd;

/** A language model. Aborting the signal stops it within one token. */
export interface Writer {
  reply(request: ReplyRequest, signal: AbortSignal): AsyncIterable<ReplyPart>;
}

/** Voice activity detection for one connection; keeps the recurrent state of that connection. */
export interface VadStream extends Disposable {
  /** Probability of speech, 0 to 1, in a frame of exactly `frameSamples` samples. */
  score(frame: AudioFrame): Promise<number>;
}

export interface Vad {
  open(): VadStream;
}

/** Speech recognition. One call is one utterance: it ends when `frames` ends. */
export interface Stt {
  transcribe(frames: AsyncIterable<AudioFrame>, signal: AbortSignal): AsyncIterable<Transcript>;
}

/** When a word is heard, in samples from the beginning of a clause's sound. */
export interface SpokenWord {
  /** Which word of the clause, split at white space. Ascending; words without sound are left out, one said in two goes comes twice. */
  readonly index: number;
  readonly startSample: number;
  /** Not before `startSample`, nor behind the next word's; a pause behind the word is not part of it. */
  readonly endSample: number;
}

/** A piece of speech, with the times of words that became known. */
export interface SpeechFrame extends AudioFrame {
  /** The times of one clause follow each other from frame to frame. Engines that know none leave them out. */
  readonly words?: readonly SpokenWord[];
}

/** Speech synthesis: one clause in, its audio out, in order. */
export interface Tts {
  readonly voices: readonly string[];
  /** @param options.speed 1 is normal, 2 twice as fast. */
  speak(
    text: string,
    options: { readonly voice: string; readonly speed: number },
    signal: AbortSignal,
  ): AsyncIterable<SpeechFrame>;
}

export interface Roles {
  readonly vad: Vad;
  readonly stt: Stt;
  readonly voice: Writer;
  readonly director: Writer;
  readonly coder: Writer;
  readonly tts: Tts;
}
export type Role = keyof Roles;
/** Roles that a language model does. */
export type LanguageRole = "voice" | "director" | "coder";

/** A model that may be used until the end of the block. */
export interface Lease<R extends Role> extends Disposable {
  readonly model: string;
  readonly engine: Roles[R];
}

/** One memory: the system's, or a GPU's. Bytes add up: used + foreign + reserve + free = capacity. */
export interface PoolStatus {
  /** "ram", "gpu0", … */
  readonly id: string;
  readonly kind: "ram" | "vram" | "unified";
  readonly capacityBytes: number;
  /** Kept free for the system. */
  readonly reserveBytes: number;
  /** Taken by other programs. */
  readonly foreignBytes: number;
  /** Taken or reserved by our models. */
  readonly usedBytes: number;
}

/** A model that is installed, for people who ask. */
export interface ModelStatus {
  readonly role: Role;
  readonly model: string;
  /** `absent` is installed but not in memory. */
  readonly state: "ready" | "starting" | "leaving" | "absent" | "failed";
  /** Memory that it holds now. */
  readonly bytes: number;
  readonly pinned: boolean;
  /** How many are using it. */
  readonly leases: number;
  /** Why it failed, or runs in less than was asked for. */
  readonly note?: string;
}

/** A load under way, with whom it takes the place of. */
export interface SwapStatus {
  readonly role: Role;
  readonly model: string;
  readonly leaving: readonly string[];
  readonly elapsedMs: number;
  /** From its beginning to its end, as predicted. */
  readonly expectedMs: number;
}

/** What holds memory, and what is about to. */
export interface ModelsStatus {
  readonly models: readonly ModelStatus[];
  readonly pools: readonly PoolStatus[];
  readonly swap: SwapStatus | null;
  /** Set while swaps are held back because they took too much of the last minutes; says so in words. */
  readonly sticky: string | null;
}

/** How long a lease would take now. */
export type Forecast =
  | { readonly status: "ready"; readonly model: string; readonly waitMs: 0 }
  | { readonly status: "load" | "swap" | "queue"; readonly model: string; readonly waitMs: number }
  | { readonly status: "unavailable"; readonly why: string };

/** The pinned model was lost or harmed, and what became of it. */
export interface PinBroken {
  readonly model: string;
  readonly cause: "process-exit" | "evicted" | "reloaded" | "spilled" | "slow" | "server-down" | "foreign-memory";
  readonly healed: boolean;
}

export interface Models {
  /**
   * Resolves when the model may be used. Voice and speech are granted or refused at once; others may wait for a swap.
   * @throws ModelError `not-installed`, `host-exited`, `bad-model`, `engine-missing`, `busy`, `no-memory`, `server-down`.
   */
  lease<R extends Role>(
    want: {
      readonly role: R;
      /** A voice turn waits for it and holds everything else still: a swap for it may begin at once. */
      readonly urgent?: boolean;
    },
    signal: AbortSignal,
  ): Promise<Lease<R>>;
  forecast(role: Role): Forecast;
  /** The words so far sound like work for this role: brings its file into the page cache, and changes nothing else. */
  hint(role: Role): void;
  /** While a turn is held, heavy models do not compute and no swap begins. */
  holdVoiceTurn(): Disposable;
  status(): ModelsStatus;
  /** Told after every change of `status()` and whenever the pin was broken. */
  watch(
    listener: (change: { readonly type: "status" } | ({ readonly type: "pin-broken" } & PinBroken)) => void,
  ): Disposable;
}

/** Coding jobs as the voice may handle them. Every answer is a sentence to say, and nothing throws. */
export interface Coding {
  /** Hands a task to the coder. */
  handOff(task: string): Promise<string>;
  /** The words may answer a question that `handOff` has asked; null when they are about something else. */
  answer(text: string): Promise<string | null>;
  /** How to say yes to the change that waits: that takes more than a function call. */
  apply(): string;
  reject(): Promise<string>;
  undo(): Promise<string>;
  /** Stops what the coder is doing. */
  cancel(): Promise<string>;
  /** What it is doing, and how long that will take. */
  progress(): string;
}

/** Functions of our own that a model may call, run in code rather than by a model. */
export interface Toolbox {
  readonly specs: readonly ToolSpec[];
  /** The result as JSON text. An unknown tool or bad arguments give `{"error": …}`, never a throw. */
  run(call: { readonly name: string; readonly argumentsJson: string }, signal: AbortSignal): Promise<string>;
}
