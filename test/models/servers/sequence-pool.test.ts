import { describe, expect, test } from "vitest";
import { SequencePool } from "../../../models/servers/sequence-pool.ts";
import { settle } from "../../support/virtual-clock.ts";

const { signal } = new AbortController();

async function use(pool: SequencePool<number>, name: string): Promise<number> {
  using taken = await pool.take(name, signal);
  return taken.sequence;
}

describe("sequences", () => {
  test("stay with their name until too many names want one; then the name unused longest gives way", async () => {
    const pool = new SequencePool([1, 2]);
    const first = await use(pool, "a");
    const second = await use(pool, "b");
    expect(new Set([first, second])).toEqual(new Set([1, 2]));
    expect(await use(pool, "a")).toBe(first);
    expect(await use(pool, "c")).toBe(second);
    expect(await use(pool, "a")).toBe(first);
  });

  test("are used by one at a time, in the order asked, also when one leaves the queue", async () => {
    const pool = new SequencePool([1]);
    const order: string[] = [];
    const first = await pool.take("a", signal);
    const impatient = new AbortController();
    const second = pool.take("a", impatient.signal).then(
      () => order.push("second"),
      () => order.push("second left"),
    );
    const third = pool.take("a", signal).then((taken) => {
      order.push("third");
      return taken;
    });
    impatient.abort();
    await settle();
    expect(order).toEqual(["second left"]);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    await Promise.all([second, third]);
    expect(order).toEqual(["second left", "third"]);
  });

  test("are never taken from somebody who uses them", async () => {
    const pool = new SequencePool([1]);
    const taken = await pool.take("a", signal);
    await expect(pool.take("b", signal)).rejects.toMatchObject({ code: "busy" });
    taken[Symbol.dispose]();
    expect(await use(pool, "b")).toBe(1);
  });

  test("come back when their name is forgotten, unless it is in use", async () => {
    const pool = new SequencePool([1, 2]);
    const taken = await pool.take("a", signal);
    pool.forget("a");
    taken[Symbol.dispose]();
    expect(await use(pool, "a")).toBe(taken.sequence);
    const other = await use(pool, "b");
    pool.forget("a");
    expect(await use(pool, "c")).toBe(taken.sequence);
    expect(await use(pool, "b")).toBe(other);
  });

  test("are made when nobody's is free, and one that cannot be made is made for the next who asks", async () => {
    const made = [2, 3];
    let isFull = false;
    const make = async (): Promise<number> => {
      const [next] = isFull ? [] : made.splice(0, 1);
      if (next === undefined) throw new Error("no room");
      return next;
    };
    const pool = new SequencePool([1], { count: 2, make });
    expect(await use(pool, "a")).toBe(1);
    expect(made).toEqual([2, 3]);
    expect(await use(pool, "b")).toBe(2);
    isFull = true;
    const both = await Promise.allSettled([pool.take("c", signal), pool.take("c", signal)]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isFull = false;
    expect(await use(pool, "c")).toBe(3);
    expect(await use(pool, "d")).toBe(1);
    expect(await use(pool, "b")).toBe(2);
  });
});
