import type { Page } from "playwright-core";

/** Takes the place of the microphone: the page asks for one as ever, and hears what the test says when it says it. */
const source = `{
  let context, target;
  navigator.mediaDevices.getUserMedia = async () => {
    context ??= new AudioContext();
    target ??= context.createMediaStreamDestination();
    await context.resume();
    return target.stream;
  };
  window.hear = (rateHz, samples) => new Promise((over) => {
    const buffer = context.createBuffer(1, samples.length, rateHz);
    buffer.copyToChannel(Float32Array.from(samples, (sample) => sample / 32768), 0);
    const player = new AudioBufferSourceNode(context, { buffer });
    player.onended = over;
    player.connect(target);
    player.start();
  });
}`;

/** Must come before the page is loaded again; a microphone that plays a file cannot wait for an answer. */
export async function replaceMicrophone(page: Page): Promise<void> {
  await page.addInitScript({ content: source });
  await page.reload();
}

/** Resolves when all of it has been said. */
export async function sayTo(page: Page, samples: Int16Array, rateHz: number): Promise<void> {
  await page.evaluate(`window.hear(${rateHz}, [${samples.join()}])`);
}
