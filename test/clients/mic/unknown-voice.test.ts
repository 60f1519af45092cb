import { expect, test } from "vitest";
import { talk } from "../../../clients/mic/talk.ts";
import { startScriptedServer } from "../../support/scripted-realtime-server.ts";

test("a voice that nobody has is said before anything else is; one in any case is taken", async () => {
  await using server = await startScriptedServer({ answers: [{ heard: "hello", sentences: ["Hello."] }] });
  const run = async (voice: string) => {
    let stderr = "";
    const code = await talk(
      { url: server.url, token: server.token, text: "hello", voice },
      { stdout: { write: () => undefined }, stderr: { write: (text) => (stderr += text) }, stdin: null, env: {} },
    );
    return { code, stderr };
  };
  expect(await run("no\u001bbody")).toEqual({
    code: 1,
    stderr: 'sotto: There is no voice "no[␛]body"; --voice takes slt, rms, alloy.\n',
  });
  // What the session is to be like may have been on its way; nothing was said.
  const received = server.talks[0]?.received.map(({ type }) => type) ?? [];
  expect(received.filter((type) => type !== "session.update")).toEqual([]);
  expect(await run("RMS")).toEqual({ code: 0, stderr: "" });
});
