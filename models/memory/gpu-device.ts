/** A GPU as the programs that compute on it know it. */
export type GpuDevice =
  | { readonly kind: "nvidia"; readonly uuid: string; readonly index: number }
  | { readonly kind: "amd"; readonly index: number };

/**
 * What a process has to find in its environment to compute on these GPUs only. CUDA takes names, which nobody can get wrong. Vulkan
 * and HIP count: Vulkan's loader puts GPUs with memory of their own first, in the order of their slots, as the drivers do.
 */
export function gpuEnvironment(devices: readonly GpuDevice[]): Readonly<Record<string, string>> {
  const nvidia = devices.filter((device) => device.kind === "nvidia");
  const indices = (of: readonly GpuDevice[]): string => of.map(({ index }) => index).join();
  if (nvidia.length > 0) {
    return {
      CUDA_VISIBLE_DEVICES: nvidia.map(({ uuid }) => uuid).join(),
      GGML_VK_VISIBLE_DEVICES: indices(nvidia),
    };
  }
  if (devices.length === 0) return {};
  return { HIP_VISIBLE_DEVICES: indices(devices), GGML_VK_VISIBLE_DEVICES: indices(devices) };
}

/**
 * Of NVIDIA's GPUs those that `CUDA_VISIBLE_DEVICES` leaves: numbers, or names that may be cut short. As in CUDA, the first that is
 * neither ends the list, and whoever sets it to nothing has none.
 */
export function visibleGpus<G extends { readonly uuid: string }>(
  gpus: readonly G[],
  visible: string | undefined,
): readonly G[] {
  if (visible === undefined) return gpus;
  const chosen = new Set<G>();
  for (const entry of visible.split(",").map((text) => text.trim())) {
    const named = entry.length > 4 && entry.startsWith("GPU-") ? gpus.filter(({ uuid }) => uuid.startsWith(entry)) : [];
    const gpu = /^\d+$/.test(entry) ? gpus[Number(entry)] : named.length === 1 ? named[0] : undefined;
    if (gpu === undefined) break;
    chosen.add(gpu);
  }
  return gpus.filter((gpu) => chosen.has(gpu));
}
