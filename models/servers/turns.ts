/** Work done one after the other, in the order asked. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns the work's outcome; whoever comes next does not mind it. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
