/** What a client sent in one WebSocket frame. */
export interface ClientFrame {
  readonly bytes: Buffer;
  readonly isBinary: boolean;
}

/** Frames handled before others get their turn; a talking client sends about two in that time. */
const framesATurn = 16;
/** Waiting frames beyond which we stop reading the socket, so that the flood piles up with whoever causes it. */
const mostWaiting = 256;

/**
 * Hands frames on in order, a few at a time: a client that sends a thousand events at once waits for itself, not
 * everybody else for it.
 */
export class FrameQueue {
  readonly #take: (frame: ClientFrame) => void;
  readonly #source: { pause(): void; resume(): void };
  readonly #waiting: ClientFrame[] = [];
  #takenThisTurn = 0;
  #turnScheduled = false;
  #paused = false;

  constructor(take: (frame: ClientFrame) => void, source: { pause(): void; resume(): void }) {
    this.#take = take;
    this.#source = source;
  }

  push(frame: ClientFrame): void {
    this.#waiting.push(frame);
    this.#drain();
    if (this.#waiting.length <= mostWaiting || this.#paused) return;
    this.#paused = true;
    this.#source.pause();
  }

  #drain(): void {
    while (this.#takenThisTurn < framesATurn) {
      const frame = this.#waiting.shift();
      if (frame === undefined) break;
      this.#takenThisTurn += 1;
      this.#take(frame);
    }
    if (this.#paused && this.#waiting.length === 0) {
      this.#paused = false;
      this.#source.resume();
    }
    this.#nextTurn();
  }

  #nextTurn(): void {
    if (this.#turnScheduled || this.#takenThisTurn === 0) return;
    this.#turnScheduled = true;
    setImmediate(() => {
      this.#turnScheduled = false;
      this.#takenThisTurn = 0;
      if (this.#waiting.length > 0) this.#drain();
    });
  }
}
