/** What an AudioWorklet finds around it; TypeScript's own list covers pages only. */
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new () => AudioWorkletProcessor & {
    /** @returns whether to go on */
    process(inputs: readonly (readonly Float32Array[])[], outputs: readonly (readonly Float32Array[])[]): boolean;
  },
): void;
/** Of the audio context, in samples a second. */
declare const sampleRate: number;
