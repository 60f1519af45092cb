/** A way to get more out of little memory that people know, and what Sotto says to it. */
export interface Technique {
  readonly name: string;
  /** `delegated`: the model server does it, and Sotto takes it as it is. */
  readonly answer: "supported" | "delegated" | "refused";
  /** How, by whom, or why not: one or two plain sentences. */
  readonly how: string;
}

export const techniques: readonly Technique[] = [
  {
    name: "Hot swap",
    answer: "supported",
    how: "Director and coder take turns in what the voice leaves; a load begins when the memory is confirmed to be back.",
  },
  {
    name: "Concurrent loading",
    answer: "supported",
    how: "What fits together is in memory together; only what does not fit takes turns.",
  },
  {
    name: "Keep-alive and pinning",
    answer: "supported",
    how: "The voice is pinned in a process of its own, or watched at a server that may evict; the others stay until their memory is needed.",
  },
  {
    name: "Preload and warm-up",
    answer: "supported",
    how: "While you still speak, the file of the model that you will need is read into the page cache; a model is warm before it counts as loaded.",
  },
  {
    name: "Partial GPU offload (num_gpu, n_gpu_layers)",
    answer: "supported",
    how: "When a model does not fit whole, with three quarters, half or a quarter of its layers on the GPU.",
  },
  {
    name: "CPU only",
    answer: "supported",
    how: "Smaller models and contexts of at most 4096 tokens: there the time of an answer is the limit, not the memory.",
  },
  {
    name: "Multi-GPU placement",
    answer: "supported",
    how: "A model is whole on one GPU where it fits there, and its layers are spread over all of them where it does not, in a plan as in the service. A process of ours is told which; what Ollama will choose is reckoned with, and what it chose is looked up.",
  },
  {
    name: "Context limits and KV quantisation",
    answer: "supported",
    how: "The first things taken back when memory is short: half the context, then keys and values of 8 bits. Ollama has one KV type for all models (OLLAMA_KV_CACHE_TYPE).",
  },
  {
    name: "LoRA adapters on one base model",
    answer: "delegated",
    how: "vLLM serves adapters beside their base model (--enable-lora); name the adapter as the model of a role. Those to be loaded while it runs stand in `models.adapters`.",
  },
  {
    name: "Speculative decoding with a draft model",
    answer: "delegated",
    how: "Set it up at llama-server, vLLM or LM Studio. Sotto's own engine keeps the draft's memory for a larger model instead.",
  },
  {
    name: "Request queueing",
    answer: "supported",
    how: "Requests for one model are served together, rivals wait their turn by age, and each is granted or refused in a bounded time.",
  },
  {
    name: "Request batching",
    answer: "delegated",
    how: "vLLM computes for many people in one batch; `sotto plan --users 4` plans one shared model for it.",
  },
  {
    name: "Two servers side by side with a memory share each",
    answer: "delegated",
    how: "Give each its share where it is started (vLLM: --gpu-memory-utilization). What they hold is counted as taken by others.",
  },
  {
    name: "Embeddings on the CPU",
    answer: "refused",
    how: "Nothing in Sotto uses embeddings: it remembers by the talk itself, and the coder finds files by their names and words. So there is no role for such a model, and none takes memory. What your own server runs (Ollama: num_gpu 0 for the CPU) counts as taken by others.",
  },
  {
    name: "Time-of-day schedules",
    answer: "refused",
    how: "Models come when somebody needs them and leave when their memory is needed; a clock could only load the wrong one. A cron job may start Sotto with other settings.",
  },
  {
    name: "Routing by role, task and complexity, with a larger model to fall back to",
    answer: "supported",
    how: "The voice answers what it can; settings under `routing` send what you ask for by name, by task or by difficulty to the director, and say whether the voice may pass on by itself.",
  },
  {
    name: "Draft by one model, review by another",
    answer: "refused",
    how: "On one machine each review is another swap. You see the diff and approve it yourself.",
  },
  {
    name: "Monitoring with nvidia-smi, Prometheus, Grafana, DCGM",
    answer: "delegated",
    how: "Sotto reads nvidia-smi itself and shows its memory at /healthz and in `sotto models`; vLLM, llama-server and DCGM have exporters for Prometheus.",
  },
  {
    name: "Clients that only speak OpenAI HTTP (Continue, Dify, n8n)",
    answer: "delegated",
    how: "Point them at the model server (Ollama, vLLM, llama-server); what they load there counts as taken by others. Sotto itself speaks OpenAI Realtime.",
  },
];
