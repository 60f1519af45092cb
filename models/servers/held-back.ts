/** How many characters at the end of `text` may be the beginning of one of `tags`. */
export function heldBack(text: string, tags: readonly string[]): number {
  let held = 0;
  for (const tag of tags) {
    for (let length = Math.min(tag.length - 1, text.length); length > held; length--) {
      if (text.endsWith(tag.slice(0, length))) held = length;
    }
  }
  return held;
}
