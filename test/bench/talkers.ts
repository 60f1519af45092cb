/** A process full of people: each says a line, waits a little, and says the next. Run by load.bench.ts. */
import { setTimeout as sleep } from "node:timers/promises";
import { RealtimeSocket } from "../support/realtime-socket.ts";
import { SpokenLines, TestMicrophone } from "../support/spoken-lines.ts";

const [url = "", token = "", clientsText = "16", secondsText = "20"] = process.argv.slice(2);
const clients = Number(clientsText);
const untilMs = performance.now() + (Number(secondsText) + 3) * 1_000;

const said: Int16Array[] = [];
{
  await using people = new SpokenLines();
  const texts = ["what time is it", "what is the capital of italy", "tell me a joke", "who are you"];
  for (const [index, text] of texts.entries()) said.push(await people.line(text, ["slt", "awb", "rms", "kal"][index]));
}
const sockets = await Promise.all(
  Array.from({ length: clients }, () => RealtimeSocket.open(url, token, { sotto: true })),
);
process.send?.("started");
let utterances = 0;
await Promise.all(
  sockets.map(async (socket, index) => {
    using microphone = new TestMicrophone((bytes) => socket.isOpen && socket.sendRaw(bytes));
    await sleep(index * 60);
    for (let turn = index; performance.now() < untilMs; turn += 1) {
      utterances += 1;
      await microphone.say(said[turn % said.length] ?? new Int16Array(0));
      await sleep(1_800);
    }
  }),
);
const answers = sockets.reduce((sum, socket) => sum + socket.count("sotto.audio.started"), 0);
process.send?.({ sentMs: performance.now(), answers, utterances });
await Promise.all(sockets.map((socket) => socket[Symbol.asyncDispose]()));
