import type { Topic } from "../topic.ts";

/** What Sotto is, and who does what in it. */
export const sottoTopics: readonly Topic[] = [
  {
    name: "sotto",
    subjects: ["sotto", "this assistant", "this program", "the assistant"],
    wordings: [
      "what {exactly|} is sotto {for|good for|}",
      "what does {sotto|this program|this assistant} do",
      "{explain|describe} {to me |}what sotto is",
      "how does {sotto|this|all this} work",
      "{give me|i want|can i have} {an overview|a summary|an introduction} {of sotto|}",
    ],
    heldOut: ["what kind of program is sotto", "what is sotto all about"],
    answer:
      "Sotto is a voice assistant that runs on your own machine. You talk, it answers aloud, and you can talk over it. A small voice model is always there, and heavier models for hard questions and for coding take turns beside it.",
  },
  {
    name: "name",
    subjects: ["the name sotto", "the name", "your name", "sotto voce"],
    wordings: [
      "why is it {called|named} sotto",
      "what does {sotto|the name|the name sotto} mean",
      "where does the name {sotto |}come from",
      "what does sotto voce mean",
      "who {chose|came up with} the name",
    ],
    heldOut: ["why did you name it sotto", "what is the meaning of the name sotto"],
    answer:
      "Sotto voce is Italian and means in a quiet voice. The name fits a program that keeps to itself what you tell it.",
  },
  {
    name: "voice-model",
    subjects: ["the voice model", "the voice", "the small model", "the model that talks"],
    wordings: [
      "what does the voice {model |}do",
      "which model {answers me|talks to me|is talking}",
      "why is the voice model {so |}small",
      "why is there a small model",
      "what is the voice model {for|good for}",
      "who answers {first|me first}",
    ],
    heldOut: ["what is the job of the voice model", "why do you need a small voice model"],
    answer:
      "The voice model is the small language model that answers you. It never leaves memory, so it can speak within a second, whatever the heavier models are doing. What is too hard for it goes to the director, and coding goes to the coder.",
  },
  {
    name: "director",
    subjects: ["the director", "the director model", "yourself", "your job", "your role"],
    wordings: [
      "who are you",
      "are you the director",
      "what does the director do",
      "what is the director {for|good for}",
      "why is there a director",
      "when does the director {answer|speak|come in}",
      "who is the director",
    ],
    heldOut: ["what is the job of the director", "what do we need a director for"],
    answer:
      "I am the director, the heavier model for hard questions, and I sum up what the coder did. I come into memory when I am needed and take turns there with the coder. Just now I am the starter director: I know how Sotto works, and not much else.",
  },
  {
    name: "coder",
    subjects: ["the coder", "the coder model", "the coding model", "the programmer"],
    wordings: [
      "what does the coder do",
      "who writes the code",
      "what is the coder {for|good for}",
      "what can the coder {do|write}",
      "when does the coder {come in|start|work}",
      "who is the coder",
    ],
    heldOut: ["what is the job of the coder", "which model writes programs"],
    answer:
      "The coder is the model that writes and changes code. It works in a copy of your project and proposes a change, and nothing of yours is touched before you approve. The starter coder knows a few dozen small programs by heart, and a real coder can be installed in its place.",
  },
  {
    name: "roles",
    subjects: ["the roles", "the three models", "the models", "the language models", "the team"],
    wordings: [
      "how many models {are there|do you have|does sotto use}",
      "which models are there",
      "{why|how come} {are there|do you use|does sotto use} {three|several|so many} models",
      "who does what",
      "what are the three models",
      "what is a role",
    ],
    heldOut: ["how do the three models work together", "why not only one model"],
    answer:
      "Three language models share the work. The voice is small, always there, and talks with you. The director takes hard questions, the coder takes coding tasks, and those two take turns in the memory that is left.",
  },
  {
    name: "starter",
    subjects: ["the starter models", "the starter", "the starter voice", "the starter director", "a starter model"],
    wordings: [
      "what is a starter {model|}",
      "why are you {only a starter|so small|so limited}",
      "{why|how come} do you know so little",
      "what is the difference between the starter and a real model",
      "how good are the starter models",
      "are the starter models real {models|language models}",
    ],
    heldOut: ["what are the starter models for", "why does it come with starter models"],
    answer:
      "The starter models are tiny language models that come with the package, so that a fresh copy talks without a download. Each has about a million parameters and knows a few dozen things. They say so when they do not know, and they step aside when better models are installed.",
  },
  {
    name: "real-models",
    subjects: ["better models", "real models", "bigger models", "a better model", "other models", "standard models"],
    wordings: [
      "how {do|can} i {get|install|use} {better|bigger|real|other} models",
      "which models {can|should} i {install|use|download}",
      "how do i {replace|upgrade} {you|the starter|the starter models}",
      "can i use {my own|another|other} model",
      "how do i {make you smarter|get a real director|get a real coder}",
    ],
    heldOut: ["how can i replace the starter models", "what do i need to install a better model"],
    answer:
      "Real models take the place of the starter, role by role and without a restart. Run sotto plan to see which ones fit this computer, and sotto models pull to fetch them. You can also use Ollama, or a model file of your own.",
  },
  {
    name: "training",
    subjects: ["your training", "the training", "the training data", "the phrase book", "how you were trained"],
    wordings: [
      "how were you {trained|made|built}",
      "what were you trained on",
      "who {trained|made|built} you",
      "what is the phrase book",
      "how long did {the training|your training} take",
      "where does your knowledge come from",
    ],
    heldOut: ["what data did you learn from", "how was the starter model trained"],
    answer:
      "We starter models were trained from nothing, on texts that were written for this project, on one processor core in less than an hour each. No other data went in. How to do it again is described next to the models.",
  },
  {
    name: "language-model",
    subjects: ["language models in general", "a language model", "large language models", "neural networks"],
    wordings: [
      "what is a language model",
      "how does a language model {work|think|write}",
      "how do {language models|you} {write|make} {sentences|text}",
      "do {you|language models} {think|understand}",
    ],
    heldOut: ["explain how a language model works", "what happens inside a language model"],
    answer:
      "A language model reads text and guesses what comes next, one piece at a time. Everything it says is made of such guesses. That is why Sotto checks in code whatever must be right.",
  },
  {
    name: "languages",
    subjects: ["languages", "other languages", "german", "french", "spanish"],
    wordings: [
      "{which|what} languages do you {speak|know|understand}",
      "do you {speak|understand|know} {german|french|spanish|another language}",
      "can you {speak|understand} {german|french|spanish|other languages}",
      "is it only in english",
    ],
    heldOut: ["does sotto understand other languages", "how many languages can you speak"],
    answer:
      "The starter speaks and understands English only. With other ears, another voice and a larger model Sotto can learn more languages.",
  },
  {
    name: "licence",
    subjects: ["the license", "the licence", "copyright", "open source"],
    wordings: [
      "is {sotto|it|this} {free|open source}",
      "what license does {sotto|it|this} have",
      "may i {use|copy|sell|change} {it|sotto}",
      "{what does it|how much does it} cost",
    ],
    heldOut: ["under which license is sotto", "does sotto cost anything"],
    answer:
      "Sotto is under the MIT license, so you may use it, change it and pass it on. The starter models and their training texts are under the same license.",
  },
];
