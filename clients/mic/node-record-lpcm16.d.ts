declare module "node-record-lpcm16" {
  import type { ChildProcess, SpawnOptions } from "node:child_process";
  import type { Readable } from "node:stream";

  interface RecordOptions {
    readonly sampleRate: number;
    readonly channels: number;
    readonly audioType: "raw";
    /** Absolute path of a module that turns these options into a command. */
    readonly recorder: string;
    /** For our own recorder definition. */
    readonly program: { readonly cmd: string; readonly args: readonly string[]; readonly spawnOptions: SpawnOptions };
  }
  interface Recording {
    readonly process: ChildProcess;
    stream(): Readable;
    stop(): void;
  }
  const library: { record(options: RecordOptions): Recording };
  export default library;
}
