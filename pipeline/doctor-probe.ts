// Loads one package with native code and says what it found. A process of its own: native code may end the process.

const probes: Readonly<Record<string, () => Promise<string>>> = {
  "onnxruntime-node": async () => {
    const { InferenceSession } = await import("onnxruntime-node");
    return typeof InferenceSession.create === "function" ? "CPU" : "without inference";
  },
  "node-llama-cpp": async () => {
    const { getLlama } = await import("node-llama-cpp");
    const llama = await getLlama({ build: "never", skipDownload: true, progressLogs: false });
    const found = llama.gpu === false ? "CPU" : llama.gpu;
    await llama.dispose();
    return found;
  },
};

const probe = probes[process.argv[2] ?? ""];
if (probe === undefined) throw new RangeError(`Nothing is known of ${process.argv[2]}`);
process.stdout.write(await probe());
