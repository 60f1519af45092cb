/** What the user is told when a task ends otherwise than with the coder's own sentence. */
export const userHears = {
  turns: (turns: number) => `The coder did not finish within ${turns} steps. Ask for a smaller part of it.`,
  tokens: "The coder wrote as much as it may for one task and did not finish. Ask for a smaller part of it.",
  circles: "The coder went in circles: it did the same thing three times. Say the task in other words.",
  nonsense: "The coder did not answer in a form that can be used. Try again, or use a larger coder model.",
  badEdits:
    "The coder could not mend what did not work in its own changes. Name the file, and say the change in other words.",
  nothingMore: "The coder stopped.",
  refusedSilently: "The coder says that it can not do this, and not why. Say the task in other words.",
  tooLong: "The task is too long for this coder model. Say it in fewer words, or use a model with more context.",
  nothingChanged: (summary: string) => `Nothing was changed. ${summary}`.trim(),
  changed: (paths: readonly string[]) => `I changed ${paths.join(", ")}.`,
  unmended: (path: string) => `One of the changes to ${path} was not possible.`,
  unsure: "It stopped before the checks were run again.",
  failing: (name: string) => `The check ${name} fails.`,
} as const;

/** What the model is told about its own answers. */
export const coderSays = {
  cut: "Your answer was too long and was cut off. Do one file per answer, and EDIT large files in small blocks.",
  sendAgain: "Send that part again, whole.",
  tooMany: (most: number) => `Only your first ${most} actions were done. Send the others in your next answer.`,
  again: "You did exactly this before, and it gave the same. Do something else.",
  checksRan: "You said DONE, so the checks were run.",
  mendIt: "Mend what fails, or say DONE if your change is not the reason.",
  nothingChanged: "Nothing was changed yet. Write your changes, or say DONE again if there is nothing to change.",
  unmended: (paths: readonly string[]) =>
    `Your last change to ${paths.join(", ")} was not made. Make it again, or say DONE if it is not needed.`,
} as const;
