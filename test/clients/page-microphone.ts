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
  let player, over;
  window.beginSound = (rateHz, samples, loop) => {
    const buffer = context.createBuffer(1, samples.length, rateHz);
    buffer.copyToChannel(Float32Array.from(samples, (sample) => sample / 32768), 0);
    player = new AudioBufferSourceNode(context, { buffer, loop });
    over = new Promise((ended) => { player.onended = ended; });
    player.connect(target);
    player.start();
  };
  window.endSound = () => {
    player.loop = false;
    return over;
  };
}`;

/** Must come before the page is loaded again; a microphone that plays a file cannot wait for an answer. */
export async function replaceMicrophone(page: Page): Promise<void> {
  await page.addInitScript({ content: source });
  await page.reload();
}

/** Resolves when all of it has been said. */
export async function sayTo(page: Page, samples: Int16Array, rateHz: number): Promise<void> {
  await page.evaluate(`window.beginSound(${rateHz}, [${samples.join()}], false)`);
  await page.evaluate("window.endSound()");
}

/** Says it over and over until `noticed` resolves, and then to its end: a slow machine gets all the time that it needs. */
export async function keepSaying(
  page: Page,
  samples: Int16Array,
  rateHz: number,
  noticed: () => Promise<unknown>,
): Promise<void> {
  await page.evaluate(`window.beginSound(${rateHz}, [${samples.join()}], true)`);
  await noticed();
  await page.evaluate("window.endSound()");
}
