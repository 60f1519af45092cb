import { expect, test } from "vitest";
import { Channel } from "../../../pipeline/flow/channel.ts";
import { settle } from "../../support/virtual-clock.ts";

async function read<T>(channel: Channel<T>, into: T[]): Promise<void> {
  for await (const item of channel) into.push(item);
}

test("the reader gets everything in order, before, while and after it waits, until the end", async () => {
  const channel = new Channel<number>();
  channel.push(1);
  channel.push(2);
  expect(channel.length).toBe(2);
  const got: number[] = [];
  const done = read(channel, got);
  await settle();
  channel.push(3);
  await settle();
  expect(got).toEqual([1, 2, 3]);
  channel.push(4);
  channel.close();
  channel.push(5);
  await done;
  expect(got).toEqual([1, 2, 3, 4]);
  expect(channel.dropped).toBe(0);
});

test("an error comes after what was queued before it, and the first end counts", async () => {
  const channel = new Channel<number>();
  channel.push(1);
  channel.close(new Error("broken"));
  channel.close();
  const got: number[] = [];
  await expect(read(channel, got)).rejects.toThrow("broken");
  expect(got).toEqual([1]);
});

test("beyond its limit the oldest goes, and is counted", async () => {
  const channel = new Channel<number>(2);
  for (const n of [1, 2, 3, 4]) channel.push(n);
  channel.close();
  const got: number[] = [];
  await read(channel, got);
  expect(got).toEqual([3, 4]);
  expect(channel.dropped).toBe(2);
});

test("a closed channel ends a reader that waits", async () => {
  const channel = new Channel<number>();
  const done = read(channel, []);
  await settle();
  channel.close();
  await done;
});
