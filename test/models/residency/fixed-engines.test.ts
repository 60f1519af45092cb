import { describe, expect, test } from "vitest";
import { ModelError } from "../../../models/errors.ts";
import type { HostProcess } from "../../../models/host/host-process.ts";
import { FixedEngines } from "../../../models/residency/fixed-engines.ts";
import { ScriptedWriter } from "../../../models/servers/scripted.ts";

type Host = Pick<HostProcess, "status" | "ready">;

const broken = new ModelError("bad-model", "The model file voice.gguf is not a GGUF file");
const { signal } = new AbortController();

function voice(status: Host["status"]) {
  const host: Host = {
    status,
    ready: async () => {
      if (status === "failed") throw broken;
      return {};
    },
  };
  return { model: "scripted", engine: new ScriptedWriter(() => []), host, bytes: () => 1_000 };
}

describe("resident models", () => {
  test("are leased at once when they are ready, as often as asked, and given back as often as one likes", async () => {
    const resident = voice("ready");
    const models = new FixedEngines({ voice: resident });
    const first = await models.lease({ role: "voice" }, signal);
    using second = await models.lease({ role: "voice" }, signal);
    expect(first).toMatchObject({ model: "scripted", engine: resident.engine });
    expect(second.engine).toBe(resident.engine);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect((await models.lease({ role: "voice" }, signal)).engine).toBe(resident.engine);
  });

  test.each(["starting", "waiting", "stopped"] as const)(
    "are refused at once while their process is %s",
    async (status) => {
      const lease = new FixedEngines({ voice: voice(status) }).lease({ role: "voice" }, signal);
      await expect(lease).rejects.toMatchObject({ code: "host-exited" });
    },
  );

  test("are refused with the reason when they will never be ready", async () => {
    const lease = new FixedEngines({ voice: voice("failed") }).lease({ role: "voice" }, signal);
    await expect(lease).rejects.toBe(broken);
  });

  test.each(["director", "coder"] as const)("do not include a %s, and say what to do about it", async (role) => {
    const lease = new FixedEngines({ voice: voice("ready") }).lease({ role }, signal);
    await expect(lease).rejects.toMatchObject({
      code: "not-installed",
      message: expect.stringContaining(`No ${role} model`),
    });
  });

  test("are not leased to somebody who has gone", async () => {
    const lease = new FixedEngines({ voice: voice("ready") }).lease(
      { role: "voice" },
      AbortSignal.abort(new Error("gone")),
    );
    await expect(lease).rejects.toThrow("gone");
  });

  test.each([
    ["ready", "ready"],
    ["starting", "starting"],
    ["waiting", "starting"],
    ["failed", "failed"],
    ["stopped", "failed"],
  ] as const)("whose process is %s are listed as %s", (status, state) => {
    expect(new FixedEngines({ voice: voice(status) }).status()).toEqual([
      { role: "voice", model: "scripted", state, bytes: 1_000, pinned: true, leases: 0 },
    ]);
  });
});
