import type { PromptPiece } from "./server.ts";

export interface PieceTokenizer<T extends number> {
  /** `special` lets control tokens be written as text. */
  tokenize(text: string, special: boolean): readonly T[];
  /** A token that structures a conversation ("<tool_call>"), which some models read even in plain text. */
  structural(token: T): boolean;
}

/**
 * The tokens of a prompt. A plain piece never yields a structural token: where the tokenizer would read one, the text is
 * cut behind its opening bracket, which leaves the same words as ordinary tokens.
 */
export function promptTokens<T extends number>(pieces: readonly PromptPiece[], tokenizer: PieceTokenizer<T>): T[] {
  return pieces.flatMap((piece) => {
    const tokens = tokenizer.tokenize(piece.text, piece.special);
    if (piece.special || !tokens.some((token) => tokenizer.structural(token))) return tokens;
    return piece.text
      .split(/(?<=[<[])/)
      .flatMap((part) => tokenizer.tokenize(part, false))
      .filter((token) => !tokenizer.structural(token));
  });
}
