import { describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { Machine } from "../../../models/memory/machine.ts";
import { type MachineSources, thisMachine } from "../../../models/memory/machine-sources.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const signal = new AbortController().signal;
const gib = 1024 ** 3;
const mib = 1024 ** 2;

/** A machine of captured files and program outputs, keyed by path and by program with its first argument. */
function captured(texts: Record<string, string>, some: Partial<MachineSources> = {}): MachineSources {
  return {
    platform: "linux",
    arch: "x64",
    totalBytes: () => 8 * gib,
    freeBytes: () => 3 * gib,
    readText: async (path) => texts[path],
    list: async (folder) => [
      ...new Set(
        Object.keys(texts).flatMap((path) =>
          path.startsWith(`${folder}/`) ? (path.slice(folder.length + 1).split("/")[0] ?? []) : [],
        ),
      ),
    ],
    run: async (program, args) => texts[`${program} ${args[0]}`],
    ...some,
  };
}

const meminfo =
  "MemTotal:       16384000 kB\nMemFree:          500000 kB\nMemAvailable:    8192000 kB\nBuffers: 1 kB\n";
const gpusQuery = "nvidia-smi --query-gpu=uuid,name,memory.total,memory.free";
const processesQuery = "nvidia-smi --query-compute-apps=gpu_uuid,pid,used_gpu_memory";
const twoGpus = `GPU-aaaa, NVIDIA GeForce RTX 4090, 24564, 23028
GPU-bbbb, NVIDIA GeForce RTX 3060, 12288, 100
`;

describe("the memories of a machine", () => {
  test("without a GPU are the system's", async () => {
    const { pools } = await Machine.probe(captured({ "/proc/meminfo": meminfo }), signal);
    expect(pools).toEqual([
      { id: "ram", kind: "ram", name: "system memory", capacityBytes: 16_384_000 * 1024, freeBytes: 8_192_000 * 1024 },
    ]);
  });

  test("come from Node where there is no /proc", async () => {
    const { pools } = await Machine.probe(captured({}, { platform: "win32" }), signal);
    expect(pools).toMatchObject([{ id: "ram", capacityBytes: 8 * gib, freeBytes: 3 * gib }]);
  });

  test("with two GPUs are three, in the driver's order", async () => {
    const { pools } = await Machine.probe(captured({ "/proc/meminfo": meminfo, [gpusQuery]: twoGpus }), signal);
    expect(pools.map(({ id, kind, name }) => [id, kind, name])).toEqual([
      ["ram", "ram", "system memory"],
      ["gpu0", "vram", "NVIDIA GeForce RTX 4090"],
      ["gpu1", "vram", "NVIDIA GeForce RTX 3060"],
    ]);
    expect(pools[1]).toMatchObject({ capacityBytes: 24_564 * mib, freeBytes: 23_028 * mib });
    expect(pools[2]).toMatchObject({ device: { kind: "nvidia", uuid: "GPU-bbbb", index: 1 } });
  });

  test("leave out GPUs that CUDA is not to see, and the others keep their names", async () => {
    const texts = { "/proc/meminfo": meminfo, [gpusQuery]: twoGpus };
    const one = await Machine.probe(captured(texts, { cudaDevices: "1" }), signal);
    expect(one.pools.map(({ id, name }) => [id, name])).toEqual([
      ["ram", "system memory"],
      ["gpu1", "NVIDIA GeForce RTX 3060"],
    ]);
    const none = await Machine.probe(captured(texts, { cudaDevices: "" }), signal);
    expect(none.pools.map(({ id }) => id)).toEqual(["ram"]);
  });

  test.each([
    ["no driver", "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"],
    ["memory it does not tell", "GPU-aaaa, NVIDIA GB10, [N/A], [N/A]\n"],
    ["nothing", "\n"],
    ["rubbish", "GPU-,,,,\nGPU-x, y, -5, 7\nGPU-x, y, 1e9, 7\n\u0000"],
  ])("leave out a GPU with %s", async (_, answer) => {
    const { pools } = await Machine.probe(captured({ "/proc/meminfo": meminfo, [gpusQuery]: answer }), signal);
    expect(pools.map((pool) => pool.id)).toEqual(["ram"]);
  });

  test("of AMD come from the kernel, without slices of system memory that a display uses", async () => {
    const sources = captured({
      "/proc/meminfo": meminfo,
      [gpusQuery]: "GPU-aaaa, NVIDIA A2, 15356, 15000\n",
      "/sys/class/drm/card0/device/mem_info_vram_total": `${gib / 2}\n`,
      "/sys/class/drm/card0/device/mem_info_vram_used": "1\n",
      "/sys/class/drm/card10/device/mem_info_vram_total": `${16 * gib}\n`,
      "/sys/class/drm/card10/device/mem_info_vram_used": `${gib}\n`,
      "/sys/class/drm/card2/device/mem_info_vram_total": `${8 * gib}\n`,
      "/sys/class/drm/card2/device/mem_info_vram_used": "0\n",
      "/sys/class/drm/card2/device/product_name": "Radeon RX 7600\n",
      "/sys/class/drm/card2-DP-1/status": "connected\n",
    });
    const { pools } = await Machine.probe(sources, signal);
    expect(pools.slice(1).map(({ id, name, freeBytes }) => [id, name, freeBytes])).toEqual([
      ["gpu0", "NVIDIA A2", 15_000 * mib],
      ["gpu1", "Radeon RX 7600", 8 * gib],
      ["gpu2", "AMD card10", 15 * gib],
    ]);
  });

  test("of Apple are one for all, as large as Metal recommends", async () => {
    const texts = {
      "sysctl machdep.cpu.brand_string":
        "machdep.cpu.brand_string: Apple M2 Pro\nhw.memsize: 34359738368\niogpu.wired_limit_mb: 0\n",
      "vm_stat undefined": `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               100000.
Pages active:                             400000.
Pages inactive:                           300000.
Pages speculative:                         20000.
Pages purgeable:                            1000.
`,
    };
    const { pools } = await Machine.probe(captured(texts, { platform: "darwin", arch: "arm64" }), signal);
    expect(pools).toEqual([
      {
        id: "ram",
        kind: "unified",
        name: "Apple M2 Pro",
        capacityBytes: Math.floor((32 * gib * 2) / 3),
        freeBytes: 421_000 * 16_384,
      },
    ]);
    const limited = texts["sysctl machdep.cpu.brand_string"].replace("wired_limit_mb: 0", "wired_limit_mb: 28000");
    const own = { ...texts, "sysctl machdep.cpu.brand_string": limited };
    const machine = await Machine.probe(captured(own, { platform: "darwin", arch: "arm64" }), signal);
    expect(machine.pools[0]?.capacityBytes).toBe(28_000 * mib);
  });

  test("of an Apple machine that says nothing are taken from its size", async () => {
    const { pools } = await Machine.probe(captured({}, { platform: "darwin", arch: "arm64" }), signal);
    expect(pools).toMatchObject([
      { kind: "unified", capacityBytes: Math.floor((8 * gib * 2) / 3), freeBytes: 3 * gib },
    ]);
  });
});

describe("a container's limit", () => {
  const inactive = 300 * mib;
  test("of version 2 bounds the memory; the page cache in it counts as free", async () => {
    const { pools } = await Machine.probe(
      captured({
        "/proc/meminfo": meminfo,
        "/proc/self/cgroup": "0::/user.slice/app.scope\n",
        "/sys/fs/cgroup/user.slice/memory.max": `${4 * gib}\n`,
        "/sys/fs/cgroup/user.slice/memory.current": `${3 * gib}\n`,
        "/sys/fs/cgroup/user.slice/memory.stat": `anon 5\ninactive_file ${inactive}\nactive_file ${gib}\nfile 9\n`,
        "/sys/fs/cgroup/user.slice/app.scope/memory.max": "max\n",
        "/sys/fs/cgroup/user.slice/app.scope/memory.current": "1000\n",
      }),
      signal,
    );
    expect(pools).toEqual([
      {
        id: "ram",
        kind: "ram",
        name: "memory of this container",
        capacityBytes: 4 * gib,
        freeBytes: gib + gib + inactive,
      },
    ]);
  });

  test("of version 1 is found in a container, where only the top is seen", async () => {
    const { pools } = await Machine.probe(
      captured({
        "/proc/meminfo": meminfo,
        "/proc/self/cgroup": "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/\n",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${2 * gib}\n`,
        "/sys/fs/cgroup/memory/memory.usage_in_bytes": `${gib}\n`,
        "/sys/fs/cgroup/memory/memory.stat": `total_inactive_file ${inactive}\ntotal_active_file 0\n`,
      }),
      signal,
    );
    expect(pools).toMatchObject([{ capacityBytes: 2 * gib, freeBytes: gib + inactive }]);
  });

  test("that is none, or larger than the machine, changes nothing", async () => {
    const files = {
      "/proc/meminfo": meminfo,
      "/proc/self/cgroup": "4:memory:/\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes": "1\n",
    };
    const none = await Machine.probe(captured(files), signal);
    const large = await Machine.probe(
      captured({ ...files, "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${100 * gib}` }),
      signal,
    );
    for (const { pools } of [none, large]) {
      expect(pools).toMatchObject([
        { name: "system memory", capacityBytes: 16_384_000 * 1024, freeBytes: 8_192_000 * 1024 },
      ]);
    }
  });
});

describe("what is free", () => {
  test("is read anew, and stays as it was where a GPU does not answer", async () => {
    const texts: Record<string, string> = { "/proc/meminfo": meminfo, [gpusQuery]: twoGpus };
    const machine = await Machine.probe(captured(texts), signal);
    texts["/proc/meminfo"] = meminfo.replace("8192000", "1024");
    delete texts[gpusQuery];
    const pools = await machine.refresh(signal);
    expect(pools.map(({ id, freeBytes }) => [id, freeBytes])).toEqual([
      ["ram", mib],
      ["gpu0", 23_028 * mib],
      ["gpu1", 100 * mib],
    ]);
    texts[gpusQuery] = twoGpus.replace("23028", "7");
    expect((await machine.refresh(signal))[1]).toMatchObject({ id: "gpu0", freeBytes: 7 * mib });
  });

  test("does not ask a driver again that never answered", async () => {
    let asked = 0;
    const sources = captured(
      { "/proc/meminfo": meminfo },
      {
        run: async () => {
          asked += 1;
          return undefined;
        },
      },
    );
    const machine = await Machine.probe(sources, signal);
    await machine.refresh(signal);
    await machine.refresh(signal);
    expect(asked).toBe(1);
  });
});

describe("what a process holds", () => {
  const files = {
    "/proc/meminfo": meminfo,
    [gpusQuery]: twoGpus,
    "/proc/42/smaps_rollup":
      "5563-7ffe ---p 00000000 00:00 0 [rollup]\nRss:       1756 kB\nPss:        1000 kB\nPss_Dirty:   16 kB\n",
    "/proc/42/status": "Name:\tnode\nVmPeak:\t 9999 kB\nVmRSS:\t 1756 kB\n",
    "/proc/43/status": "Name:\tnode\nVmRSS:\t 2000 kB\n",
    [processesQuery]: "GPU-bbbb, 42, 8000\nGPU-aaaa, 42, 100\nGPU-aaaa, 44, 5\nGPU-aaaa, 43, [N/A]\n",
  };

  test("is its part of the system's memory and of each GPU's", async () => {
    const machine = await Machine.probe(captured(files), signal);
    expect(await machine.memoryOf(42, signal)).toEqual([
      { pool: "ram", bytes: 1_000 * 1024 },
      { pool: "gpu1", bytes: 8_000 * mib },
      { pool: "gpu0", bytes: 100 * mib },
    ]);
  });

  test("is its resident set where nothing better may be read; nothing of a process that is gone", async () => {
    const machine = await Machine.probe(captured(files), signal);
    expect(await machine.memoryOf(43, signal)).toEqual([{ pool: "ram", bytes: 2_000 * 1024 }]);
    expect(await machine.memoryOf(45, signal)).toEqual([]);
  });
});

describe("this machine", () => {
  test("has memory, and this process holds some of it", async () => {
    const machine = await Machine.probe(thisMachine(systemClock), signal);
    const [ram] = machine.pools;
    expect(ram).toMatchObject({ id: expect.any(String), capacityBytes: expect.any(Number) });
    expect(ram?.freeBytes).toBeLessThanOrEqual(ram?.capacityBytes ?? 0);
    const [held] = await machine.memoryOf(process.pid, signal);
    if (process.platform !== "win32") expect(held?.bytes).toBeGreaterThan(10 * mib);
  });

  test.skipIf(process.platform === "win32")("does not wait for a program that hangs, is missing or fails", async () => {
    const clock = new VirtualClock();
    const { run } = thisMachine(clock);
    const hanging = run("sleep", ["600"], signal);
    await clock.advance(5_000);
    expect(await hanging).toBeUndefined();
    expect(await run("sotto-no-such-program", [], signal)).toBeUndefined();
    expect(await run("false", [], signal)).toBeUndefined();
    expect(await run("echo", ["here"], signal)).toBe("here\n");
    expect(clock.sleepers).toBe(0);
  });

  test.skipIf(process.platform === "win32")("gives up a program with its caller", async () => {
    const clock = new VirtualClock();
    const caller = new AbortController();
    const hanging = thisMachine(clock).run("sleep", ["600"], caller.signal);
    caller.abort();
    expect(await hanging).toBeUndefined();
    expect(await thisMachine(clock).run("echo", ["here"], caller.signal)).toBeUndefined();
  });
});
