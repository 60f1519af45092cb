import { createWireEncoder, type WireEncoder } from "./audio/wire-audio.ts";
import type { ConversationEffect } from "./conversation/state.ts";
import { type AudioFormat, bytesPerSample, rateHz } from "./realtime/audio-format.ts";
import { build } from "./realtime/server-events.ts";
import type { SessionOutput } from "./session-port.ts";

interface OpenStream {
  readonly encoder: WireEncoder;
  readonly place: { readonly responseId: string; readonly outputIndex: number; readonly stream: number };
  readonly format: AudioFormat;
  sentSamples: number;
}

/** The sound of answers on its way to one client: a stream for each item, in the client's format. */
export class AudioOut {
  readonly #output: SessionOutput;
  readonly #open = new Map<string, OpenStream>();

  constructor(output: SessionOutput) {
    this.#output = output;
  }

  /** @returns true when this is the first sound of its item. */
  send(effect: Extract<ConversationEffect, { do: "send-audio" }>): boolean {
    const { id, outputIndex, stream } = effect.item;
    const known = this.#open.get(id);
    const open = known ?? this.#begin(id, { responseId: effect.replyId, outputIndex, stream }, effect.format);
    this.#write(id, open, open.encoder.push(effect.samples));
    return known === undefined;
  }

  /** The last of an item's sound. Of an answer that was cut nothing more goes out: the client has emptied its loudspeaker already. */
  end(itemId: string, isCut: (replyId: string) => boolean): void {
    const open = this.#open.get(itemId);
    if (open === undefined) return;
    if (!isCut(open.place.responseId)) this.#write(itemId, open, open.encoder.flush());
    this.#open.delete(itemId);
  }

  #begin(itemId: string, place: OpenStream["place"], format: AudioFormat): OpenStream {
    const open = { encoder: createWireEncoder(format.type), sentSamples: 0, place, format };
    this.#open.set(itemId, open);
    const { stream, responseId } = place;
    this.#output.send(build.audioStarted({ stream, responseId, itemId, contentIndex: 0, rate: rateHz(format) }));
    return open;
  }

  #write(itemId: string, open: OpenStream, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#output.sendAudio({ ...open.place, itemId, contentIndex: 0, firstSample: open.sentSamples, bytes });
    open.sentSamples += bytes.length / bytesPerSample(open.format);
  }
}
