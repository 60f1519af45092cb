import { createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { code } from "../../../clients/mic/code.ts";
import { talk } from "../../../clients/mic/talk.ts";
import type { TalkIo } from "../../../clients/mic/talk-options.ts";
import { until } from "../../support/until.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

test.each([
  ["talk", (url: string, io: TalkIo) => talk({ url, text: "hello" }, io)],
  ["code", (url: string, io: TalkIo) => code({ url, task: "x", folder: null, here: "/", yes: false, json: false }, io)],
])(
  "who takes connections and never answers is waited for five seconds by `sotto %s`, and named once",
  async (_, run) => {
    const held = new Set<Socket>();
    const server = createServer((socket) => held.add(socket.on("error", () => undefined)));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const at = server.address();
    if (at === null || typeof at === "string") throw new Error("It listens nowhere");
    const clock = new VirtualClock();
    let printed = "";
    const out = { write: (text: string) => (printed += text) };
    const url = `http://127.0.0.1:${at.port}`;
    const running = run(url, { stdout: out, stderr: out, stdin: null, env: {}, clock });
    let ended = false;
    void running.then(() => {
      ended = true;
    });
    await until(() => held.size === 1);
    await clock.advance(4_900);
    expect(ended).toBe(false);
    await clock.advance(200);
    expect(await running).toBe(1);
    expect(printed).toBe(
      `sotto: 127.0.0.1:${at.port} takes connections but does not answer. If it is Sotto, start it anew; if another program is, give Sotto's own address by --url or --port.\n`,
    );
    for (const socket of held) socket.destroy();
    server.close();
  },
);
