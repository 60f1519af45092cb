import type { Topic } from "../topic.ts";

/** Hearing, speaking, and the turns of a conversation. */
export const talkingTopics: readonly Topic[] = [
  {
    name: "ears",
    subjects: ["the ears", "your ears", "the recogniser", "the recognizer", "speech recognition"],
    wordings: [
      "how do you {hear|understand|listen to} me",
      "what are {the|your} ears",
      "who writes down what i say",
      "how does {speech recognition|the recognizer|the recogniser} work",
      "how do you turn speech into text",
    ],
    heldOut: ["how does sotto hear what i say", "what happens to my words first"],
    answer:
      "The ears are a process of their own. First they tell speech from noise, thirty times a second, and then they write down what you said. Text comes while you are still speaking, and once more when you are done.",
  },
  {
    name: "recogniser-limits",
    subjects: ["the limits of the recogniser", "what you can hear", "your hearing", "misunderstandings"],
    wordings: [
      "why do you {not|never} understand me",
      "why {did|do} you {not hear me|mishear me|misunderstand me}",
      "what can you {hear|understand}",
      "why do you hear only some sentences",
      "why {can i not|can not i} say what i want",
    ],
    heldOut: ["what are the limits of your ears", "why did you not get what i said"],
    answer:
      "The starter's ears know the sentences of a phrase book and nothing else, and they reject other speech rather than guess at it. So what it hears, it can answer. Larger recognisers, which hear everything, can be downloaded, and until then you can always type.",
  },
  {
    name: "mouth",
    subjects: ["the mouth", "your mouth", "speech synthesis", "how you speak"],
    wordings: [
      "how do you {speak|talk|make speech}",
      "what is the mouth",
      "how does {speech synthesis|text to speech} work",
      "why do you sound like {that|this|a robot}",
      "who makes the {sound|speech}",
    ],
    heldOut: ["how does sotto speak aloud", "how is text turned into sound"],
    answer:
      "The mouth turns text into sound, clause by clause, so that it starts before the whole answer is written. It is a process of its own, and stays one sentence ahead of what you hear. The starter's voice is a classic called flite: quick, small, and a little like a robot.",
  },
  {
    name: "voices",
    subjects: ["voices", "other voices", "your voice", "a different voice"],
    wordings: [
      "{which|what|how many} voices {are there|do you have}",
      "can {you|i} {change|use another|choose a different} voice",
      "how do i change {the|your} voice",
      "can you sound {different|better|nicer}",
      "can you speak {faster|slower}",
    ],
    heldOut: ["how can i get a nicer voice", "is there another voice to choose"],
    answer:
      "The starter's mouth has a few voices, and the setting speech dot voice chooses among them. Speech dot speed makes it slower or faster. More natural voices can be downloaded.",
  },
  {
    name: "vad",
    subjects: ["voice activity detection", "v a d", "vad", "telling speech from noise"],
    wordings: [
      "what is {voice activity detection|vad|v a d}",
      "how do you {know that i am speaking|tell speech from noise|notice that i speak}",
      "are you always listening",
      "why do you not react to noise",
    ],
    heldOut: ["how do you notice that somebody speaks", "do you react to every noise"],
    answer:
      "Voice activity detection tells speech from other sounds. A tiny network looks at every thirty two milliseconds of sound and says how likely speech is. Nothing is recognised, and nothing is kept, unless somebody speaks.",
  },
  {
    name: "end-of-turn",
    subjects: ["the end of a turn", "the end of my turn", "end of turn", "turn taking"],
    wordings: [
      "how do you know {that i am done|when i am done|that i have finished|when i stop talking}",
      "when do you {start to answer|answer|think i am done}",
      "why do you {answer|interrupt me} too {early|soon}",
      "why do you answer too late",
      "how {long|much silence} do you wait",
    ],
    heldOut: ["how do you tell that i have finished speaking", "what ends my turn"],
    answer:
      "Silence alone does not end your turn. Sotto also looks at whether your words sound complete, and waits longer when they do not. The setting called eagerness makes it quicker or more patient.",
  },
  {
    name: "draft",
    subjects: ["drafts", "a draft", "the draft reply", "draft replies"],
    wordings: [
      "what is a draft {reply|}",
      "why do you answer so {fast|quickly}",
      "do you think before i am done",
      "when do you start {thinking|to think}",
      "what happens if i go on talking",
    ],
    heldOut: ["how can you answer so soon after i stop", "what becomes of a draft when i go on"],
    answer:
      "A draft is a reply that is started before it is certain that you have finished. It stays silent until your turn is really over. If you go on talking it is dropped, and nobody ever hears it.",
  },
  {
    name: "barge-in",
    subjects: ["barge in", "interrupting", "interrupting you", "interruptions", "talking over you"],
    wordings: [
      "can i {interrupt|cut off|talk over} you",
      "what happens {when|if} i {interrupt you|talk over you|say stop|cut you off}",
      "how {do|can} i {stop|interrupt} you",
      "what is {barge in|a barge in}",
      "how does barge in work",
    ],
    heldOut: ["may i talk while you are talking", "what if i say something while you speak"],
    answer:
      "You may talk over Sotto at any time. It gets quieter at once, and stops within a third of a second, unless you only said something like uh huh. The word stop always wins.",
  },
  {
    name: "heard",
    subjects: ["what was heard", "the history", "the conversation history", "cut off answers"],
    wordings: [
      "what do you remember {after i interrupt you|of what you said|when i cut you off}",
      "what is in the history",
      "do you know {how much i heard|what i heard|where i stopped you}",
      "what counts as heard",
    ],
    heldOut: ["what stays in the history when i interrupt", "how do you know what i have heard"],
    answer:
      "The history of a talk holds exactly what you heard and no more. When you interrupt, the rest of the sentence is taken out, since it never reached your ears. The player reports which samples it has really played.",
  },
  {
    name: "latency",
    subjects: ["latency", "speed", "the delay", "response time", "how fast you are"],
    wordings: [
      "how {fast|quick} are you",
      "how long does {an answer|it} take",
      "what is {latency|the latency}",
      "why are you so {slow|fast}",
      "where does the time go",
    ],
    heldOut: ["how much time passes until you answer", "what takes the time in a turn"],
    answer:
      "Latency is the time from the end of your sentence to the first sound of the answer. The aim is less than a second. Each turn is measured step by step, so you can see where the time went: waiting, recognising, thinking, speaking.",
  },
  {
    name: "echo",
    subjects: ["echo", "headphones", "hearing yourself", "loudspeakers"],
    wordings: [
      "why do you {interrupt|hear|answer} yourself",
      "do i need headphones",
      "can you hear yourself",
      "what about {echo|the echo}",
      "why should i use headphones",
    ],
    heldOut: ["how do i stop you from hearing yourself", "what if the speaker reaches the microphone"],
    answer:
      "When a loudspeaker reaches the microphone, Sotto may hear itself. Browsers cancel the echo. In a terminal use headphones, or let it listen only while it is not speaking.",
  },
  {
    name: "silence",
    subjects: ["talking without a microphone", "typing", "text instead of speech", "typing to you"],
    wordings: [
      "can i type {instead|to you|}",
      "do i need a microphone",
      "what if i have no microphone",
      "how can i {write|type} to you",
      "can i use it without {sound|a microphone}",
    ],
    heldOut: ["is it possible to type instead of talking", "can i use the keyboard instead"],
    answer:
      "You can type instead of speaking, on the page or in the terminal. Typed words need not be in the phrase book, though a starter model may not know what to say to them. Sound files work too, in place of a microphone.",
  },
];
