/** What an id names; the prefix is part of the protocol's habits, not of its rules. */
export type IdPrefix =
  | "sess"
  | "resp"
  | "item"
  | "event"
  | "call"
  | "conv"
  | "part"
  | "mcpr"
  | "errand"
  | "mcp"
  | "job";
export type NewId = (prefix: IdPrefix) => string;

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const idChars = 21;

/**
 * Makes ids such as `item_4kP…` that nobody can guess.
 * @param fillRandom fills the bytes it is given; tests hand in a predictable one.
 */
export function idSource(fillRandom: (bytes: Uint8Array<ArrayBuffer>) => void = systemRandom): NewId {
  return (prefix) => {
    const bytes = new Uint8Array(idChars);
    fillRandom(bytes);
    let id = `${prefix}_`;
    for (const byte of bytes) id += alphabet.charAt(byte % alphabet.length);
    return id;
  };
}

export const newId: NewId = idSource();

function systemRandom(bytes: Uint8Array<ArrayBuffer>): void {
  crypto.getRandomValues(bytes);
}
