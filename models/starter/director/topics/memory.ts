import type { Topic } from "../topic.ts";

/** How memory is shared out. */
export const memoryTopics: readonly Topic[] = [
  {
    name: "memory",
    subjects: ["memory", "the memory", "ram", "memory use", "memory usage"],
    wordings: [
      "how does {sotto|it} {use|share|manage|handle} {memory|the memory}",
      "how is {memory|the memory} {shared|used|managed}",
      "why is memory {so |}important",
      "who {decides|gets|uses} {about |}the memory",
      "how much memory do {models|the models|you} need",
    ],
    heldOut: ["how do the models share the memory", "what does sotto do with my memory"],
    answer:
      "Memory is what everything here turns on. The voice model keeps its place for good, and what is left goes to the director and the coder in turn. Before anything is loaded, Sotto works out whether it fits.",
  },
  {
    name: "budgeter",
    subjects: ["the budgeter", "the memory budget", "the ledger", "budgeting"],
    wordings: [
      "what does the budgeter do",
      "what is {the|a} {budgeter|memory budget|ledger}",
      "who {manages|counts|watches} the memory",
      "who decides {what is loaded|which model is loaded|what gets loaded}",
      "why is there a budgeter",
    ],
    heldOut: ["what is the job of the budgeter", "who keeps the books of the memory"],
    answer:
      "The budgeter keeps the books of memory. It knows what every model holds, what other programs have taken, and what is kept in reserve, and it lets a model in only when all of that adds up. It also decides who has to leave, and that is never the voice.",
  },
  {
    name: "pools",
    subjects: ["memory pools", "the pools", "a pool", "the memory pool"],
    wordings: [
      "what is a {memory |}pool",
      "how many pools are there",
      "which {memory |}pools {are there|do you have|does sotto know}",
      "why are there {memory |}pools",
    ],
    heldOut: ["what do you mean by a memory pool", "what is in a pool"],
    answer:
      "A pool is one memory that models can live in: the memory of the system, or that of a graphics card. Each has a capacity, a reserve and a ledger of its own, and nothing may ever take more than it holds.",
  },
  {
    name: "footprint",
    subjects: ["the footprint", "the footprint of a model", "the size of a model", "footprints"],
    wordings: [
      "what is {a|the} footprint",
      "how {big|large|heavy} is a model",
      "how do you {know|compute|estimate|predict} {how much memory a model needs|the footprint|the size of a model}",
      "what {makes up|counts as|is in} the footprint",
      "how much {memory|room|space} does a model {need|take}",
    ],
    heldOut: ["how is the footprint worked out", "what does a model need memory for"],
    answer:
      "The footprint of a model is its weights, its KV cache, the buffers it computes in, and a little for the process. It is worked out from the header of the model file. After the first real load the measured figure takes the place of the estimate.",
  },
  {
    name: "kv-cache",
    subjects: ["the kv cache", "kv cache", "the cache", "keys and values", "the k v cache"],
    wordings: [
      "what is {the|a} {kv cache|k v cache|cache}",
      "what is the {kv cache|cache} {for|good for}",
      "why {do you need|is there} a {kv cache|cache}",
      "what does k v {mean|stand for}",
      "how {big|large} is the {kv cache|cache}",
    ],
    heldOut: ["what does the kv cache hold", "why does the cache grow"],
    answer:
      "The KV cache holds what a model has already worked out about the conversation, so that it need not read everything again for each word. It grows with the context and with the number of conversations. Storing it in fewer bits makes it smaller.",
  },
  {
    name: "quantisation",
    subjects: ["quantisation", "quantization", "quantised models", "quantized models", "q four"],
    wordings: [
      "what {is|does} {quantisation|quantization} {mean|do|}",
      "why {are models quantized|are models quantised|quantize models}",
      "what does {quantised|quantized} mean",
      "what does {quantisation|quantization} cost",
      "what is a {quantised|quantized} model",
    ],
    heldOut: ["why would you quantize a model", "what is quantization good for"],
    answer:
      "Quantisation stores the numbers of a model in fewer bits, often four or eight instead of sixteen. The model gets smaller and faster, and a little less exact. It is one of the ways to make a model fit.",
  },
  {
    name: "context",
    subjects: ["the context", "context", "the context window", "context length", "context size"],
    wordings: [
      "what is {the|a} context {window|length|size|}",
      "how {much|long|far back} {can you remember|do you remember|is the context}",
      "what {happens when|if} {the context is full|we talk for long|the conversation gets long}",
      "why is the context limited",
    ],
    heldOut: ["how much of our talk can you keep in mind", "why does context cost memory"],
    answer:
      "The context is what a model can have before its eyes at one time, counted in tokens. A larger context needs more memory. When a talk outgrows it, the oldest exchanges are left out.",
  },
  {
    name: "reserve",
    subjects: ["the reserve", "the memory reserve", "reserved memory", "free memory"],
    wordings: [
      "what is the {memory |}reserve",
      "why {do you keep|is there|is} {a reserve|memory free|some memory kept free}",
      "why {do you not|can you not} use all {the|my} memory",
      "how {big|large} is the reserve",
    ],
    heldOut: ["why is part of the memory left unused", "what is the reserve for"],
    answer:
      "The reserve is memory that Sotto leaves alone, so that your system and your other programs have room to breathe. What the models hold, what is being loaded and the reserve together never exceed the memory there is.",
  },
  {
    name: "no-fit",
    subjects: ["models that do not fit", "too little memory", "a model that is too big", "low memory"],
    wordings: [
      "what {happens if|if|do you do when} {a model does not fit|there is too little memory|the memory is full|a model is too big|memory runs out}",
      "what {if|when} {i have|there is} not enough memory",
      "how do you make a model fit",
      "can you run {big|large|huge} models",
    ],
    heldOut: ["my computer has little memory what now", "what if the coder is too large for this machine"],
    answer:
      "When a model does not fit, there are steps before giving up: a smaller context, a smaller cache, a smaller sibling, a part of it on the processor. After those the voice answers, or the request waits. If nothing helps it is refused, and you hear how much is missing.",
  },
  {
    name: "gguf",
    subjects: ["gguf", "g g u f", "model files", "the model file", "a gguf file"],
    wordings: [
      "what is {gguf|g g u f|a gguf|a gguf file|a model file}",
      "{which|what} {format|file format} do {the models|models} have",
      "where are the {models|model files}",
      "what is in a model file",
    ],
    heldOut: ["what does gguf stand for", "which kind of files are the models"],
    answer:
      "GGUF is the file format of llama.cpp. One file holds the weights of a model, its vocabulary, and a header that says how large everything is. Sotto reads the header before anything else, to know what the model will need.",
  },
  {
    name: "unload",
    subjects: ["unloading", "unloading a model", "giving memory back", "removing a model from memory"],
    wordings: [
      "how {do you|does sotto} {unload|remove} a model",
      "how do you know {that |}{memory|the memory} is {free|back} {again|}",
      "what happens when a model leaves",
      "how is {memory|the memory} given back",
    ],
    heldOut: ["when is the memory really free again", "how does a model leave memory"],
    answer:
      "Unloading ends the process that held the model, since that is the only way that surely gives its memory back. The next load starts only when the memory is confirmed to be free. Until then everybody waits.",
  },
];
