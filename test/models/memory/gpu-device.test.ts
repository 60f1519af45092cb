import { describe, expect, test } from "vitest";
import { type GpuDevice, gpuEnvironment, visibleGpus } from "../../../models/memory/gpu-device.ts";

const nvidia = (uuid: string, index: number): GpuDevice => ({ kind: "nvidia", uuid, index });

describe("a process finds in its environment", () => {
  test.each<[string, readonly GpuDevice[], Readonly<Record<string, string>>]>([
    ["nothing where nothing was chosen", [], {}],
    [
      "one GPU of NVIDIA by its name",
      [nvidia("GPU-8f3a", 1)],
      { CUDA_VISIBLE_DEVICES: "GPU-8f3a", GGML_VK_VISIBLE_DEVICES: "1" },
    ],
    [
      "two of them",
      [nvidia("GPU-8f3a", 0), nvidia("GPU-17c2", 2)],
      { CUDA_VISIBLE_DEVICES: "GPU-8f3a,GPU-17c2", GGML_VK_VISIBLE_DEVICES: "0,2" },
    ],
    [
      "those of AMD by their numbers",
      [{ kind: "amd", index: 2 }],
      { HIP_VISIBLE_DEVICES: "2", GGML_VK_VISIBLE_DEVICES: "2" },
    ],
    [
      "only NVIDIA's where there are both",
      [{ kind: "amd", index: 0 }, nvidia("GPU-8f3a", 0)],
      { CUDA_VISIBLE_DEVICES: "GPU-8f3a", GGML_VK_VISIBLE_DEVICES: "0" },
    ],
  ])("%s", (_, devices, environment) => {
    expect(gpuEnvironment(devices)).toEqual(environment);
  });
});

describe("of NVIDIA's GPUs CUDA sees", () => {
  const gpus = ["GPU-8f3a01", "GPU-8f3b02", "GPU-17c203"].map((uuid) => ({ uuid }));
  test.each<[string, string | undefined, readonly number[]]>([
    ["all when nothing is said", undefined, [0, 1, 2]],
    ["none when it is said to be none", "", []],
    ["none for -1, which people write for none", "-1", []],
    ["those that are counted, in the driver's order", "2,0", [0, 2]],
    ["one that is named", "GPU-17c203", [2]],
    ["one whose name is cut short", "GPU-8f3b", [1]],
    ["none by a name that two have", "GPU-8f3", []],
    ["none by no name at all", "GPU-", []],
    ["those before the first that is not there", "1, 7, 0", [1]],
  ])("%s", (_, visible, expected) => {
    expect(visibleGpus(gpus, visible)).toEqual(expected.map((index) => gpus[index]));
  });
});
