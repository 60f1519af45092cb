import type { Topic } from "../topic.ts";

/** How heavy models take turns, and how the voice is kept safe from them. */
export const turnsTopics: readonly Topic[] = [
  {
    name: "pinned",
    subjects: ["pinning", "the pinned model", "pinned models", "the pin", "pinned"],
    wordings: [
      "what does pinned mean",
      "what is {a pinned model|pinning|the pin}",
      "why is the voice {model |}pinned",
      "which model is pinned",
      "can the voice {model |}be {evicted|unloaded|thrown out|removed}",
    ],
    heldOut: ["what do you mean by pinned", "what does it mean that a model is pinned"],
    answer:
      "Pinned means that a model keeps its memory, come what may. The voice model is pinned: from the moment voice mode is ready until it ends, the same process stays loaded and warm. If that is ever broken, Sotto notices, says so and heals it.",
  },
  {
    name: "slot",
    subjects: ["the slot", "slots", "a slot", "the heavy slot"],
    wordings: [
      "what is {the|a} slot",
      "who {has|holds|uses|is in} the slot",
      "how many slots are there",
      "why is there {only one|a|one} slot",
      "what {goes in|fits in|is in} the slot",
    ],
    heldOut: ["what do you mean by the slot", "who gets the slot"],
    answer:
      "The slot is the part of memory that the heavy models take turns in. Usually it has room for one of them, the director or the coder. If both fit, both are loaded and nobody needs to take turns.",
  },
  {
    name: "swap",
    subjects: ["swapping", "a swap", "swaps", "the swap", "model swapping", "switching models"],
    wordings: [
      "what is a {model |}swap",
      "what happens {during|in} a swap",
      "how {does a swap work|do you swap models|are models swapped}",
      "how long does a swap take",
      "when do you swap {models|}",
      "why do you swap {models|}",
    ],
    heldOut: ["how do the director and the coder change places", "what goes on when models are swapped"],
    answer:
      "A swap unloads one heavy model, makes sure that its memory is really back, and then loads the other. It takes seconds rather than minutes, and you are told about how many. The voice keeps talking with you all the while.",
  },
  {
    name: "thrash",
    subjects: ["thrashing", "thrash", "too many swaps", "swapping too often"],
    wordings: [
      "what is {thrashing|thrash}",
      "how do you {avoid|prevent|stop} {thrashing|too many swaps|swapping all the time}",
      "what if {models swap|you swap} all the time",
      "why do you not swap at once",
    ],
    heldOut: ["how do you keep models from swapping too often", "what keeps the models from thrashing"],
    answer:
      "Thrashing is when models spend their time changing places instead of working. So a model that has just come in keeps its place for a while, and requests for the same model are served together. A rival gets in when it has waited for longer than the swap will cost, or when the place is idle.",
  },
  {
    name: "sticky",
    subjects: ["sticky mode", "the sticky mode", "sticky slots", "stickiness"],
    wordings: [
      "what is {sticky mode|the sticky mode|sticky}",
      "when does {sticky mode|the slot get sticky} {start|begin|}",
      "why is the slot sticky",
      "what does sticky mean",
    ],
    heldOut: ["what do you mean by sticky mode", "why did you go into sticky mode"],
    answer:
      "Sticky mode holds swaps back when they have taken up too large a share of the last minutes. The model that is loaded then stays for longer, and the other one waits. You are told when it begins and why.",
  },
  {
    name: "lease",
    subjects: ["leases", "a lease", "the lease", "leasing models"],
    wordings: [
      "what is a lease",
      "how {do leases|does a lease} work",
      "why {are there|do you use|do you need} leases",
      "who {has|holds|needs} a lease",
      "when does a lease end",
    ],
    heldOut: ["what do you mean by a lease", "how does somebody get a lease"],
    answer:
      "A lease is the right to use a loaded model for the length of one job. While it lasts, nobody can unload that model. Each request for one is answered exactly once: it is granted, refused with a reason, or cancelled.",
  },
  {
    name: "journal",
    subjects: ["the journal", "a journal", "the log of decisions", "the record of swaps"],
    wordings: [
      "what is {the journal|in the journal}",
      "what does the journal {say|hold|record}",
      "why {is there|do you keep} a journal",
      "where can i see {why a model was swapped|what was decided|the decisions}",
      "what do you write down",
    ],
    heldOut: ["what is the journal for", "how can i find out why there was a swap"],
    answer:
      "The journal writes down every decision about memory: who was let in, who was refused, who was swapped for whom, with the figures that were expected and those that came true. A simulator can play it again, to see whether other rules would have done better.",
  },
  {
    name: "eviction",
    subjects: ["eviction", "evictions", "victims", "the victim"],
    wordings: [
      "what is {eviction|an eviction|a victim}",
      "who {is evicted|has to leave|has to go|gets thrown out}",
      "how do you choose {the victim|who leaves|who has to leave|who has to go}",
      "when is a model evicted",
    ],
    heldOut: ["which model has to leave first", "who decides which model has to go"],
    answer:
      "Eviction means that a model has to leave memory for another one. Sotto chooses which, and never a model server by itself. It is never the voice, and never a model that somebody is using.",
  },
  {
    name: "proof",
    subjects: ["the guarantee", "the invariants", "the proof", "the promises"],
    wordings: [
      "how {do you know|can you prove|sure are you} that the voice {model |}{stays|is never evicted|never leaves}",
      "what {do you|does sotto} {guarantee|promise}",
      "what are the invariants",
      "how is {it|that|this} {checked|tested|proved}",
    ],
    heldOut: ["what is always true about memory", "can you prove that the voice was never evicted"],
    answer:
      "Some things always hold: the voice stays loaded, no memory is promised twice, and nobody is unloaded while in use. Tests try to break these rules with random crashes and strangers that take memory. The same checks run while Sotto works, and raise an alarm.",
  },
  {
    name: "prefetch",
    subjects: ["prefetching", "prefetch", "reading ahead", "warming up"],
    wordings: [
      "what is {prefetch|prefetching|a prefetch}",
      "how do you {make loading faster|load faster|speed up loading|speed up a swap}",
      "do you load {models |}{ahead|before i am done|in advance}",
      "why does the disk work while i speak",
    ],
    heldOut: ["how can a model load before i finish speaking", "what do you do to make loads quicker"],
    answer:
      "Prefetching means that Sotto reads the file of a heavy model from the disk while you are still speaking, when your words sound like work for it. That costs nothing if the guess was wrong, and the load is quicker if it was right.",
  },
  {
    name: "load-time",
    subjects: ["loading", "load times", "the loading time", "waiting"],
    wordings: [
      "why {do i|must i|does it} {have to wait|wait|take so long}",
      "how long does {loading|it take to load a model|a model take to load}",
      "how do you know how long it {takes|will take}",
      "why does loading take time",
    ],
    heldOut: ["what makes loading a model slow", "how do you predict the loading time"],
    answer:
      "Loading takes as long as it takes to bring a model from the disk into memory, which is gigabytes for a large one. Sotto learns the time for each model and disk, so it can tell you beforehand. You can go on talking with the voice, or call the load off.",
  },
  {
    name: "bridge",
    subjects: ["the bridge sentence", "bridge sentences", "the sentence before a swap", "one moment"],
    wordings: [
      "what is {a|the} bridge sentence",
      "why do you {say|tell me} {one moment|that you are loading|how long it takes|that it takes some seconds}",
      "why do you talk {before|during|while} {a swap|loading|a load}",
      "why a bridge sentence",
    ],
    heldOut: ["what are bridge sentences good for", "why do you announce a swap"],
    answer:
      "A bridge sentence fills the seconds in which a heavy model is loaded: something like, about six seconds to bring up the coder. Silence would leave you wondering whether you had been heard. You can answer it, or call the whole thing off.",
  },
  {
    name: "voice-first",
    subjects: ["voice first", "the priority of the voice", "pausing heavy models", "priorities"],
    wordings: [
      "who {goes first|has priority|comes first}",
      "why are heavy models paused",
      "{what happens to|do you stop} the {coder|director|heavy model} while i {talk|speak}",
      "can i talk while the {coder|director} {works|is working}",
    ],
    heldOut: ["does the coder slow down the voice", "what does voice first mean"],
    answer:
      "Voice goes first. While you and the voice are talking, heavy models are paused and no swap begins, since two models on the same processor cores would make each other slow. They go on when the turn is over.",
  },
];
