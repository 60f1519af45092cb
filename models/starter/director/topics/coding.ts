import type { Topic } from "../topic.ts";

/** How coding tasks are handed over, checked and approved. */
export const codingTopics: readonly Topic[] = [
  {
    name: "hand-off",
    subjects: ["the hand off", "hand off", "handing over a task", "coding tasks", "a coding task"],
    wordings: [
      "what happens {when|if} i {ask for code|give you a coding task|ask for a program}",
      "how {does the hand off work|do i get code|do i ask for a program|is a task handed over}",
      "how {do|does} {you|the voice} {pass on|hand over|hand off} a task",
      "what is a hand off",
    ],
    heldOut: ["how does a task get to the coder", "what happens after i ask for a program"],
    answer:
      "When you ask for code, the voice hands your own words to the coder, and the coder takes its turn in memory. It works in a copy of your project and proposes a change. You see the change and hear a summary, and you decide.",
  },
  {
    name: "jobs",
    subjects: ["jobs", "a job", "coding jobs", "the list of jobs"],
    wordings: [
      "what is a job",
      "where {are|can i see} {the|my} jobs",
      "how do i {list|see} {the|my} jobs",
      "are jobs kept",
      "what {happens to|becomes of} a job when {sotto stops|the computer stops|it crashes}",
    ],
    heldOut: ["how do i see what the coder has done so far", "does a job survive a restart"],
    answer:
      "A job is one coding task from your request to the summary. Jobs are kept in a small database, so they survive a restart. Sotto jobs lists them in the terminal.",
  },
  {
    name: "approval",
    subjects: ["approval", "approving changes", "approving", "the approval", "saying yes to a change"],
    wordings: [
      "how {do|can} i approve {a change|something|it}",
      "can i approve {a change |}{by voice|by speaking|aloud}",
      "what needs {my|} approval",
      "why {must|do} i {approve|say yes|confirm}",
      "who approves {changes|a change}",
      "can {you|the coder} change {my files|something} without {asking|me}",
    ],
    heldOut: ["how does a change get approved", "does the coder ask before it changes my files"],
    answer:
      "Nothing of yours changes before you approve it. A harmless change can be approved aloud, with a short phrase that you hear after the summary. Anything risky, such as deleting a file, needs a click or a key.",
  },
  {
    name: "undo",
    subjects: ["undo", "undoing", "undoing a change", "taking a change back"],
    wordings: [
      "how {do|can} i undo {a change|something|it}",
      "can {i|you} {undo|take back} {a change|changes|it|everything}",
      "what does undo do",
      "what if i {do not like|regret} the change",
    ],
    heldOut: ["is there a way back after a change", "how does undo work"],
    answer:
      "A change that was applied can be taken back in one step: say undo the last change. Every change is bound to the exact contents of the files it was made for, so it never overwrites what you wrote meanwhile.",
  },
  {
    name: "workspace",
    subjects: ["the workspace", "workspaces", "the work tree", "the copy of my project", "my files"],
    wordings: [
      "where does the coder work",
      "what is the workspace",
      "does the coder {touch|change|see} my files",
      "{are|is} my {files|project|code} safe",
      "why does the coder work in a copy",
    ],
    heldOut: ["in which folder does the coder write", "can the coder break my project"],
    answer:
      "The coder works in a copy of your project, a detached work tree of git. It can make a mess there without any harm to your files. Only a change that you have approved is brought over.",
  },
  {
    name: "diff",
    subjects: ["the diff", "a diff", "proposed changes", "the proposed change", "patches"],
    wordings: [
      "what is a {diff|patch|proposed change}",
      "how {do|can} i see {what changes|the diff|the change}",
      "where is the diff",
      "what does the coder propose",
    ],
    heldOut: ["how do i look at a proposed change", "where do i see what would change"],
    answer:
      "A diff shows, line by line, what a change would add and remove. You see it on the screen before you decide, and you hear the short version. Sotto computes it from the files, so it does not depend on what a model claims.",
  },
  {
    name: "summaries",
    subjects: ["summaries", "the summary", "job summaries", "your summaries"],
    wordings: [
      "how do you {sum up|summarize} a job",
      "what is in a summary",
      "can i trust {a summary|your summaries|the summary}",
      "who {writes|makes} the summary",
      "do you make up numbers",
    ],
    heldOut: ["where do the numbers in a summary come from", "how true are your summaries"],
    answer:
      "When a job is done, I say in a sentence or two what was changed and whether the checks passed. Each name and number in it comes from the record of the job. Where a model got one wrong, code says a plain sentence instead.",
  },
  {
    name: "checks",
    subjects: ["checks", "the checks", "running tests", "how a change is checked"],
    wordings: [
      "how {is|are} {a change|changes|code} {checked|tested}",
      "do you {run|execute} {the tests|code|my tests}",
      "what are {the |}checks",
      "who runs the tests",
      "is it safe to run {tests|code}",
    ],
    heldOut: ["does anybody test what the coder wrote", "how do you know that a change works"],
    answer:
      "A change can be checked before you see it, by the tests you have allowed. They run in the copy, walled off from your files and the network as well as the system can do it. The summary says how many passed and how many failed.",
  },
  {
    name: "agents",
    subjects: ["other coding agents", "coding agents", "a c p", "the agent client protocol"],
    wordings: [
      "can i use {another|my own} {coder|coding agent|agent}",
      "which {coding |}agents {can i use|work with sotto|are there}",
      "what is {a c p|acp|the agent client protocol|a coding agent}",
      "does it work with other agents",
    ],
    heldOut: ["may i bring another coding agent", "how do i use a different coder"],
    answer:
      "The coder is reached over the Agent Client Protocol. So another coding agent that speaks it can take the place of the built in one. Approval works the same with each of them.",
  },
  {
    name: "starter-coder",
    subjects: ["the starter coder", "the programs the coder knows", "small programs", "what the coder knows"],
    wordings: [
      "{which|what} programs {does the coder know|can the coder write|do you know}",
      "what {can|should} i ask the coder",
      "why can the coder only write small programs",
      "{which|what} {programming languages|computer languages} does the coder know",
      "does the coder know {python|javascript|rust|java|bash}",
    ],
    heldOut: ["what is the coder able to write", "what should i let the coder write"],
    answer:
      "The starter coder knows a few dozen small programs by heart: fizz buzz, a calculator, a guessing game, a word count and others, in Python and many of them in JavaScript. It writes those and nothing else, and it says so. Changing code that is already there needs a real coder.",
  },
];
