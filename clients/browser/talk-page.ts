import { bytesOfSamples, meterLevel } from "../pcm16.ts";
import type { SessionWishes } from "../session-wishes.ts";
import type { Talk } from "../talk.ts";
import type { PageSpeaker } from "./page-speaker.ts";
import type { PageState } from "./page-text.ts";
import { type Microphone, MicrophoneError, openMicrophone, openSound, type Sound, silence } from "./sound.ts";

/** Microphone, loudspeaker and push-to-talk of one page, and what of it shows. */
export class TalkPage {
  readonly #talk: Talk;
  readonly #speaker: PageSpeaker;
  readonly #changed: () => void;
  #sound: Promise<Sound> | undefined;
  #openSound: Sound | undefined;
  #microphone: Microphone | undefined;
  #level = 0;
  #state: PageState;

  constructor(
    talk: Talk,
    speaker: PageSpeaker,
    options: { readonly pushToTalk: boolean; readonly changed: () => void },
  ) {
    this.#talk = talk;
    this.#speaker = speaker;
    this.#changed = options.changed;
    this.#state = { microphone: "off", pushToTalk: options.pushToTalk, holding: false, trouble: null };
  }

  get state(): PageState {
    return this.#state;
  }

  /** How loud it is just now, 0 to 1: the assistant while it speaks, else the person. */
  get level(): number {
    if (this.#talk.state.playingItem !== null) return this.#openSound?.outputLevel() ?? 0;
    return this.#talk.state.muted ? 0 : this.#level;
  }

  /** Makes sound possible; must first be called from a click or a key. */
  async allowSound(): Promise<Sound | undefined> {
    this.#sound ??= openSound(this.#speaker);
    try {
      this.#openSound = await this.#sound;
      await this.#openSound.context.resume();
      return this.#openSound;
    } catch {
      this.#sound = undefined;
      this.#speaker.giveUp();
      this.#set({ trouble: "Sound does not work in this browser: it needs https, or the address localhost." });
      return undefined;
    }
  }

  async startMicrophone(): Promise<void> {
    if (this.#state.microphone !== "off") return;
    this.#set({ microphone: "opening", trouble: null });
    try {
      const sound = await this.allowSound();
      if (!sound) throw new MicrophoneError(this.#state.trouble ?? "Sound does not work in this browser.");
      this.#microphone = await openMicrophone(
        sound,
        (samples) => this.#hear(samples),
        () => this.#lost(),
      );
      this.#talk.setMuted(false);
      this.#set({ microphone: "on" });
    } catch (error) {
      this.stopMicrophone();
      this.#set({
        trouble:
          error instanceof MicrophoneError ? error.message : "The microphone could not be opened. You can type below.",
      });
    }
  }

  stopMicrophone(): void {
    this.#microphone?.stop();
    this.#microphone = undefined;
    this.#level = 0;
    // The service is still listening: the silence ends what was being said.
    if (this.#state.microphone === "on" && !this.#state.pushToTalk) for (let i = 0; i < 50; i += 1) this.#send(silence);
    this.#set({ microphone: "off", holding: false });
  }

  hold(): void {
    if (this.#state.holding || this.#state.microphone !== "on" || !this.#state.pushToTalk) return;
    this.#talk.beginTurn();
    this.#set({ holding: true });
  }

  release(): void {
    if (!this.#state.holding) return;
    this.#set({ holding: false });
    this.#talk.endTurn();
  }

  configure(before: SessionWishes, wishes: SessionWishes): void {
    this.#set({ pushToTalk: wishes.pushToTalk, holding: false });
    this.#talk.client.configure(wishes);
    // A voice that has been heard is fixed for its session.
    if (before.voice !== wishes.voice && this.#talk.state.lines.some((line) => line.from === "assistant"))
      this.#talk.client.restart();
  }

  #hear(samples: Int16Array): void {
    const closed = this.#talk.state.muted || (this.#state.pushToTalk && !this.#state.holding);
    this.#level = closed ? 0 : meterLevel(samples);
    if (!this.#state.pushToTalk) this.#send(closed ? silence : samples);
    else if (this.#state.holding) this.#send(samples);
  }

  #lost(): void {
    this.stopMicrophone();
    this.#set({ trouble: "The microphone is gone. Plug it in and press the button again – or type below." });
  }

  #send(samples: Int16Array): void {
    this.#talk.client.sendAudio(bytesOfSamples(samples));
  }

  #set(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed();
  }
}
