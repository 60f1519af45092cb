import { defaultWishes, type SessionWishes } from "../session-wishes.ts";
import { element } from "./elements.ts";

const key = "sotto.settings";
const eagernesses = ["low", "medium", "high", "auto"] as const;

/** What this browser remembers of the person's wishes. */
export function loadWishes(): SessionWishes {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    if (typeof kept !== "object" || kept === null) return defaultWishes;
    const voice = "voice" in kept && typeof kept.voice === "string" ? kept.voice : null;
    const eagerness =
      eagernesses.find((name) => "eagerness" in kept && kept.eagerness === name) ?? defaultWishes.eagerness;
    return { voice, eagerness, pushToTalk: "pushToTalk" in kept && kept.pushToTalk === true };
  } catch {
    return defaultWishes;
  }
}

/** Fills in the dialog and reports every change at once. */
export function connectSettings(first: SessionWishes, changed: (wishes: SessionWishes) => void): void {
  const dialog = element("settings", HTMLDialogElement);
  const voice = element("voice", HTMLSelectElement);
  const eagerness = element("eagerness", HTMLSelectElement);
  const pushToTalk = element("push-to-talk", HTMLInputElement);
  voice.value = first.voice ?? "";
  eagerness.value = first.eagerness;
  pushToTalk.checked = first.pushToTalk;
  dialog.addEventListener("change", () => {
    const wishes: SessionWishes = {
      voice: voice.value === "" ? null : voice.value,
      eagerness: eagernesses.find((name) => name === eagerness.value) ?? "auto",
      pushToTalk: pushToTalk.checked,
    };
    localStorage.setItem(key, JSON.stringify(wishes));
    changed(wishes);
  });
  // A click beside it closes it, as people expect.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  element("open-settings", HTMLButtonElement).addEventListener("click", () => dialog.showModal());
}
