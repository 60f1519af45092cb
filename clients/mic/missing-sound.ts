import { playerDefinitions, recorderDefinitions } from "./sound-programs.ts";

/** What to do about a missing recorder or player. */
export function missingSound(what: "record" | "play", platform: NodeJS.Platform, asked: string | undefined): string {
  if (asked !== undefined) {
    const known = (what === "record" ? recorderDefinitions : playerDefinitions).map(({ name }) => name);
    return known.includes(asked)
      ? `The program "${asked}" is not installed. Install it, or leave out --${what === "record" ? "recorder" : "player"} to use another one.`
      : `Sotto does not know how to ${what} with "${asked}". It knows ${known.join(", ")}.`;
  }
  const how = what === "record" ? "listen" : "speak";
  return [
    `Sotto cannot ${how} here: no program to ${what} sound was found.`,
    `Install one: ${installCommand(platform)}`,
    "Without sound hardware, talk from files: sotto talk --file question.wav --save answer.wav",
  ].join("\n       ");
}

function installCommand(platform: NodeJS.Platform): string {
  switch (platform) {
    case "darwin":
      return "brew install sox";
    case "win32":
      return "SoX 14.4.1 from https://sourceforge.net/projects/sox, and put it on PATH";
    default:
      return "sudo apt install alsa-utils (or pulseaudio-utils, pipewire-bin, sox)";
  }
}
