/** Foreign text as a part of a sentence: one line, nothing that steers a terminal, and not too long. */
export function oneLine(text: string, mostChars: number): string {
  const plain = text
    .replace(terminalCode, "")
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, " ")
    .trim();
  return plain.length > mostChars ? `${plain.slice(0, mostChars - 1).trimEnd()}…` : plain;
}

/** Colours and cursor moves. */
const terminalCode = /\p{Cc}\[[0-9;?]*[ -/]*[@-~]/gu;
