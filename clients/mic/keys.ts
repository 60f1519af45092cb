import type { TerminalIn } from "./talk-options.ts";

export type Key = "mute" | "stop" | "quit";

/** Calls back for every key that means something, until the end of the block. Does nothing where there is no keyboard. */
export function listenToKeys(stdin: TerminalIn | null, pressed: (key: Key) => void): Disposable {
  if (!stdin?.isTTY) return { [Symbol.dispose]: () => undefined };
  const listener = (data: Buffer | string): void => {
    for (const key of keysIn(data.toString())) pressed(key);
  };
  stdin.setRawMode?.(true);
  stdin.on("data", listener);
  stdin.resume();
  return {
    [Symbol.dispose]: () => {
      stdin.off("data", listener);
      stdin.setRawMode?.(false);
      stdin.pause();
    },
  };
}

/** @param data what a terminal in raw mode sends; arrow keys and their like begin with Esc and are not Esc */
export function keysIn(data: string): readonly Key[] {
  if (data.startsWith("\u001b")) return data === "\u001b" ? ["stop"] : [];
  return [...data].flatMap((char): readonly Key[] => {
    switch (char) {
      case "m":
      case "M":
        return ["mute"];
      case "s":
      case "S":
      case " ":
        return ["stop"];
      case "q":
      case "Q":
      case "\u0003":
      case "\u0004":
        return ["quit"];
      default:
        return [];
    }
  });
}
