/**
 * About how many tokens a text is. On the careful side: code has some 3.5 characters a token, and letters that are not ASCII
 * are often a token each.
 */
export function estimateTokens(text: string): number {
  let beyondAscii = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) beyondAscii += 1;
  return Math.ceil((text.length - beyondAscii) / charactersPerToken) + beyondAscii;
}

const charactersPerToken = 3.5;
