import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModelError } from "../../models/errors.ts";
import type { LoadedModel, LoadRequest, LossCause, ModelServer } from "../../models/servers/model-server.ts";
import { until } from "../support/until.ts";
import type { ServerSpec, ServerUnderTest } from "./server-spec.ts";
import { take } from "./take.ts";

const never = new AbortController().signal;

/** What every server of language models promises, real or fake. */
export function serverContract(name: string, spec: ServerSpec): void {
  const { capabilities, options, model, otherModel, notServed } = spec;

  describe(`${name}, as any server of models,`, { timeout: spec.timeoutMs ?? 60_000 }, () => {
    let subject: ServerUnderTest;
    let server: ModelServer;
    let losses: LossCause[];
    beforeEach(async () => {
      losses = [];
      subject = await spec.open();
      server = subject.server;
    });
    afterEach(async () => {
      await subject.close();
    });

    const request = (more: Partial<LoadRequest> = {}): LoadRequest => ({
      model,
      options,
      pinned: false,
      onProgress: () => undefined,
      onLoss: (cause) => losses.push(cause),
      ...more,
    });
    const load = (more: Partial<LoadRequest> = {}): Promise<LoadedModel> => server.load(request(more), never);
    const listed = async (): Promise<readonly string[]> => (await server.loaded(never)).map((entry) => entry.model);
    const held = async (): Promise<number> => (await subject.heldBytes?.()) ?? 0;
    const untilHeld = async (bytes: number): Promise<void> => {
      let now = await held();
      for (let tries = 0; now > bytes && tries < 1_000; tries += 1) {
        await sleep(10);
        now = await held();
      }
      expect(now).toBeLessThanOrEqual(bytes);
    };

    test("says what it can do", () => {
      expect(server.name).not.toBe("");
      expect(server.capabilities).toEqual(capabilities);
    });

    test("lists what is installed, and tells the facts of each", async () => {
      const installed = await server.installed(never);
      expect(installed).toContain(model);
      const facts = await server.facts(model, never);
      expect(facts.model).toBe(model);
      expect(facts.blob).not.toBe("");
      expect(facts.fileBytes).toBeGreaterThanOrEqual(0);
      expect((await server.facts(model, never)).blob).toBe(facts.blob);
    });

    test("says how to get a model that is not installed", async () => {
      const wanted = { code: "not-installed", message: expect.stringMatching(spec.missing.howToGet) };
      await expect(server.facts(spec.missing.model, never)).rejects.toMatchObject(wanted);
      await expect(load({ model: spec.missing.model })).rejects.toMatchObject(wanted);
      expect(losses).toEqual([]);
    });

    test("does nothing for a caller who is gone already", async () => {
      const gone = AbortSignal.abort(new Error("gone"));
      const before = await held();
      await expect(server.facts(model, gone)).rejects.toThrow("gone");
      await expect(server.load(request(), gone)).rejects.toThrow("gone");
      await untilHeld(before);
    });

    test("a loaded model is in its list", async () => {
      const shares: number[] = [];
      const loaded = await load({ onProgress: (share) => shares.push(share) });
      expect(loaded.model).toBe(model);
      const entry = (await server.loaded(never)).find((report) => report.model === model);
      expect(entry).toBeDefined();
      if (entry?.contextTokens !== undefined) expect(entry.contextTokens).toBe(options.contextTokens);
      if (capabilities.reportsBytes) {
        const bytes = (loaded.shares ?? []).reduce((sum, share) => sum + share.bytes, 0);
        expect(bytes).toBeGreaterThan(0);
        expect(entry?.shares).toEqual(loaded.shares);
      }
      for (const share of shares) expect(share).toBeGreaterThanOrEqual(0);
      for (const share of shares) expect(share).toBeLessThanOrEqual(1);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    });

    test("refuses to load a model that it has loaded already, and keeps it as it is", async () => {
      await load();
      await expect(load()).rejects.toMatchObject({ code: "busy" });
      await expect(load({ options: { ...options, contextTokens: options.contextTokens / 2 } })).rejects.toMatchObject({
        code: "busy",
      });
      expect((await listed()).filter((entry) => entry === model)).toHaveLength(1);
      expect(losses).toEqual([]);
    });

    if (otherModel !== undefined) {
      test("has two models loaded at once", async () => {
        const blobs = [await server.facts(model, never), await server.facts(otherModel, never)].map(({ blob }) => blob);
        expect(new Set(blobs).size).toBe(2);
        const first = await load();
        const second = await load({ model: otherModel });
        expect(await listed()).toEqual(expect.arrayContaining([first.model, second.model]));
        for (const loaded of [first, second]) {
          expect((await take(loaded.writer.reply(spec.longAnswer, never), 2)).length).toBe(2);
        }
        expect(losses).toEqual([]);
      });
    }

    if (notServed !== undefined) {
      test("refuses to load what it does not serve", async () => {
        await expect(load({ model: notServed })).rejects.toMatchObject({ code: "unsupported" });
      });
    }

    test("streams an answer in parts; the last says whether it was cut", async () => {
      const { writer } = await load();
      const parts = await take(writer.reply(spec.longAnswer, never), Number.POSITIVE_INFINITY);
      expect(parts.length).toBeGreaterThanOrEqual(8);
      for (const part of parts) if (part.type === "text") expect(part.text).not.toBe("");
      expect(parts.map(({ type }) => type).indexOf("end")).toBe(parts.length - 1);
      const cut = await take(writer.reply({ ...spec.longAnswer, maxTokens: 3 }, never), Number.POSITIVE_INFINITY);
      expect(cut.at(-1)).toMatchObject({ type: "end", reason: "length" });
    });

    test("an aborted answer ends with the signal's reason, without another part, and the next one works", async () => {
      const { writer } = await load();
      const controller = new AbortController();
      let heard = 0;
      const reply = async (): Promise<void> => {
        for await (const _ of writer.reply(spec.longAnswer, controller.signal)) {
          heard += 1;
          if (heard === 2) controller.abort(new Error("barged in"));
        }
      };
      await expect(reply()).rejects.toThrow("barged in");
      expect(heard).toBe(2);
      const late = writer.reply(spec.longAnswer, AbortSignal.abort(new Error("too late")));
      await expect(take(late, 1)).rejects.toThrow("too late");
      expect(await take(writer.reply(spec.longAnswer, never), 3)).toHaveLength(3);
      expect(losses).toEqual([]);
    });

    if (spec.toolCall !== undefined) {
      const { toolCall } = spec;
      test("tells of a call that the model makes", async () => {
        const { writer } = await load();
        const parts = await take(writer.reply(toolCall.request, never), Number.POSITIVE_INFINITY);
        const calls = parts.flatMap((part) => (part.type === "call" ? [part] : []));
        expect(calls.map((call) => call.name)).toEqual([toolCall.name]);
        expect(calls.map((call) => JSON.parse(call.argumentsJson))).toEqual([toolCall.arguments]);
      });
    }

    if (capabilities.unload === "explicit") {
      test("an unloaded model is gone when the promise resolves, and that is no loss", async () => {
        const before = await held();
        const loaded = await load();
        await loaded.unload(never);
        expect(await listed()).not.toContain(model);
        expect(await held()).toBeLessThanOrEqual(before);
        await expect(take(loaded.writer.reply(spec.longAnswer, never), 1)).rejects.toBeInstanceOf(ModelError);
        expect(await listed()).not.toContain(model);
        await loaded.unload(never);
        expect(losses).toEqual([]);
      });

      test("a model comes back after it was unloaded, with other options too", async () => {
        await (await load()).unload(never);
        const again = await load({ options: { ...options, contextTokens: options.contextTokens / 2 } });
        expect(await take(again.writer.reply(spec.longAnswer, never), 2)).toHaveLength(2);
        expect(losses).toEqual([]);
      });
    } else {
      test("refuses to unload", async () => {
        const loaded = await load();
        await expect(loaded.unload(never)).rejects.toMatchObject({ code: "unsupported" });
        expect(await listed()).toContain(model);
      });
    }

    if (spec.slowLoads) {
      test("an aborted load ends with the signal's reason and gives its memory back", async () => {
        const before = await held();
        await subject.holdLoads?.();
        const controller = new AbortController();
        const loading = server.load(request(), controller.signal);
        const outcome = expect(loading).rejects.toThrow("changed my mind");
        if (subject.heldBytes === undefined) await sleep(20);
        else for (let tries = 0; (await held()) <= before && tries < 500; tries += 1) await sleep(10);
        controller.abort(new Error("changed my mind"));
        await outcome;
        await untilHeld(before);
        expect(await listed()).not.toContain(model);
        expect(losses).toEqual([]);
      });
    }

    if (spec.loss !== undefined) {
      const { loss } = spec;
      test("a lost model is reported once, and nothing is sent to it any more", async () => {
        const loaded = await load({ pinned: true });
        await subject.lose?.(model);
        await until(() => losses.length > 0);
        expect(losses).toEqual([loss]);
        await expect(take(loaded.writer.reply(spec.longAnswer, never), 1)).rejects.toBeInstanceOf(ModelError);
        await sleep(50);
        expect(losses).toEqual([loss]);
      });

      test("a lost model can be loaded again", async () => {
        await load({ pinned: true });
        await subject.lose?.(model);
        await until(() => losses.length > 0);
        const again = await load({ pinned: true });
        expect(await take(again.writer.reply(spec.longAnswer, never), 2)).toHaveLength(2);
      });
    }

    if (spec.mayGoDown) {
      test("says server-down when the program behind it does not answer", async () => {
        await load();
        await subject.goDown?.();
        await until(() => losses.length > 0);
        expect(losses).toEqual(["server-down"]);
        const down = { code: "server-down" };
        await expect(server.loaded(never)).rejects.toMatchObject(down);
        await expect(server.facts(model, never)).rejects.toMatchObject(down);
        await expect(load({ model: otherModel ?? model })).rejects.toMatchObject(down);
      });
    }

    if (capabilities.pause === "none") {
      test("refuses to pause", async () => {
        const loaded = await load();
        expect(() => loaded.pause()).toThrow(expect.objectContaining({ code: "unsupported" }));
      });
    } else {
      test("says nothing while it is paused, and goes on afterwards", async () => {
        const loaded = await load();
        loaded.pause();
        loaded.pause();
        let heard = 0;
        const reading = (async () => {
          for await (const _ of loaded.writer.reply(spec.longAnswer, never)) heard += 1;
        })();
        // Too short a wait lets a broken pause pass; it never fails a good one.
        await sleep(300);
        expect(heard).toBe(0);
        loaded.resume();
        loaded.resume();
        await reading;
        expect(heard).toBeGreaterThanOrEqual(8);
      });

      test("a paused model can be aborted and unloaded", async () => {
        const loaded = await load();
        const controller = new AbortController();
        const reading = take(loaded.writer.reply(spec.longAnswer, controller.signal), Number.POSITIVE_INFINITY);
        loaded.pause();
        controller.abort(new Error("barged in"));
        await expect(reading).rejects.toThrow("barged in");
        if (capabilities.unload === "explicit") {
          await loaded.unload(never);
          expect(await listed()).not.toContain(model);
        }
        expect(losses).toEqual([]);
      });
    }

    const kvTypes = ["f16", "q8_0", "q4_0"] as const;
    for (const kvType of kvTypes.filter((type) => !capabilities.kvTypes.includes(type))) {
      test(`refuses keys and values as ${kvType}`, async () => {
        await expect(load({ options: { ...options, kvType } })).rejects.toMatchObject({ code: "unsupported" });
      });
    }

    if (!capabilities.partialOffload) {
      test("refuses to put a part of the layers on the GPU", async () => {
        await expect(load({ options: { ...options, gpuLayers: 1 } })).rejects.toMatchObject({ code: "unsupported" });
      });
    }
  });
}
