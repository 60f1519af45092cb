/** Letters, apostrophes inside words, hyphens inside words, single spaces and , . ? ! ; : are left; nothing else. */
export function tidy(text: string): string {
  return (
    text
      .replace(/[‘’ʼ`´]/g, "'")
      .replace(/[“”„"«»]/g, " ")
      .replace(/[–—―]|\s--+\s/g, ", ")
      .replace(/[()[\]{}|]/g, ", ")
      .replace(/…/g, ". ")
      .replace(/[^\p{L}\p{M}' ,.?!;:-]+/gu, " ")
      // A mark without its letter, or an apostrophe or hyphen that joins nothing.
      .replace(/(?<![\p{L}\p{M}])\p{M}+/gu, " ")
      .replace(/(?<![\p{L}\p{M}])['-]+|['-]+(?!\p{L})/gu, " ")
      .replace(/['-]{2,}/g, " ")
      .replace(/\s+/g, " ")
      .replace(/[ ,.?!;:]*[,.?!;:][ ,.?!;:]*/g, (run) => `${strongest(run)} `)
      .replace(/^[ ,.?!;:]+/, "")
      .trim()
  );
}

/** "?!" → "?", "..." → ".", ", ." → ".": one mark is heard as well as five. */
function strongest(run: string): string {
  return ["?", "!", ".", ":", ";"].find((mark) => run.includes(mark)) ?? ",";
}
