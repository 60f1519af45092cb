import { findProgram } from "./search-path.ts";

/** A program that records raw 24 kHz mono 16-bit sound to its output, or plays it from its input. */
export interface SoundProgram {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Definition {
  readonly name: string;
  readonly platforms?: readonly NodeJS.Platform[];
  args(device: string | undefined, platform: NodeJS.Platform): readonly string[];
  env?(device: string): Readonly<Record<string, string>>;
}

const soxFormat = ["-t", "raw", "-r", "24000", "-c", "1", "-b", "16", "-e", "signed-integer", "-"];
const alsaFormat = ["-q", "-t", "raw", "-f", "S16_LE", "-r", "24000", "-c", "1"];
const pulseFormat = ["--raw", "--rate=24000", "--channels=1", "--format=s16le"];
const pipewireFormat = ["--raw", "--rate", "24000", "--channels", "1", "--format", "s16"];
const audioDevice = (device: string) => ({ AUDIODEV: device });

/**
 * Small buffers throughout: SoX alone would keep 171 ms back. PulseAudio's program comes first where there is one, for
 * there the sound server decides about devices and echo; ffmpeg is last, for it takes longest to start.
 */
export const recorderDefinitions: readonly Definition[] = [
  {
    name: "parec",
    args: (device) => [...pulseFormat, "--latency-msec=20", ...(device ? [`--device=${device}`] : [])],
  },
  {
    name: "pw-record",
    args: (device) => [...pipewireFormat, "--latency", "20ms", ...(device ? ["--target", device] : []), "-"],
  },
  {
    name: "arecord",
    args: (device) => [...alsaFormat, "--period-time=20000", "--buffer-time=80000", ...(device ? ["-D", device] : [])],
  },
  {
    name: "sox",
    args: (device, platform) => [
      ...["--buffer", "1024", "-q"],
      ...(platform === "win32" ? ["-t", "waveaudio", device ?? "default"] : ["-d"]),
      ...soxFormat,
    ],
    env: audioDevice,
  },
  { name: "rec", args: () => ["--buffer", "1024", "-q", ...soxFormat], env: audioDevice },
  {
    name: "ffmpeg",
    platforms: ["linux", "darwin"],
    args: (device, platform) => [
      ...["-nostdin", "-hide_banner", "-loglevel", "error", "-fflags", "nobuffer", "-flags", "low_delay"],
      ...(platform === "darwin"
        ? ["-f", "avfoundation", "-i", device ?? ":0"]
        : ["-f", "alsa", "-i", device ?? "default"]),
      ...["-ar", "24000", "-ac", "1", "-f", "s16le", "-flush_packets", "1", "-"],
    ],
  },
];

export const playerDefinitions: readonly Definition[] = [
  {
    name: "pacat",
    args: (device) => ["--playback", ...pulseFormat, "--latency-msec=60", ...(device ? [`--device=${device}`] : [])],
  },
  {
    name: "pw-play",
    args: (device) => [...pipewireFormat, "--latency", "60ms", ...(device ? ["--target", device] : []), "-"],
  },
  { name: "aplay", args: (device) => [...alsaFormat, "--buffer-time=100000", ...(device ? ["-D", device] : [])] },
  { name: "play", args: () => ["-q", "--buffer", "1024", ...soxFormat], env: audioDevice },
  {
    name: "sox",
    args: (device, platform) => [
      ...["-q", "--buffer", "1024", ...soxFormat],
      ...(platform === "win32" ? ["-t", "waveaudio", device ?? "default"] : ["-d"]),
    ],
    env: audioDevice,
  },
  {
    name: "ffplay",
    args: () => [
      ...["-nodisp", "-autoexit", "-hide_banner", "-loglevel", "error", "-fflags", "nobuffer", "-probesize", "32"],
      ...["-f", "s16le", "-ar", "24000", "-i", "-"],
    ],
  },
];

export interface ProgramChoice {
  /** Only this one will do. */
  readonly only?: string | undefined;
  readonly device?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** The programs of a list that this machine has, best first. */
export function installedPrograms(definitions: readonly Definition[], choice: ProgramChoice): readonly SoundProgram[] {
  const { only, device, env, platform } = choice;
  return definitions.flatMap((definition) => {
    const { name, platforms } = definition;
    if ((only !== undefined && only !== name) || (platforms && !platforms.includes(platform))) return [];
    const path = findProgram(name, env);
    if (path === undefined) return [];
    const programEnv = device === undefined ? {} : (definition.env?.(device) ?? {});
    return [{ name, path, args: definition.args(device, platform), env: programEnv }];
  });
}
