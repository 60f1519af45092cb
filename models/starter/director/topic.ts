/** One thing the starter director can talk about. */
export interface Topic {
  readonly name: string;
  /** What people call it, each in the words that fit after "tell me about". No other topic has the same. */
  readonly subjects: readonly string[];
  /** Whole questions, as templates of the phrase book. */
  readonly wordings: readonly string[];
  /** Whole questions that are kept out of training, to measure how well the model generalises. */
  readonly heldOut: readonly string[];
  /** Two to five sentences, to be spoken. */
  readonly answer: string;
}
