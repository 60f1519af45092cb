import type { Talk } from "../talk.ts";
import type { TalkStatus } from "../talk-state.ts";
import { element, make } from "./elements.ts";
import type { TalkPage } from "./talk-page.ts";

export interface Controls {
  show(status: TalkStatus, microphoneLabel: string): void;
}

const examples = ["What can you do?", "What time is it?", "What is the capital of Portugal?", "Tell me a joke"];

/** Buttons, keys and the line to type in. */
export function connectControls(talk: Talk, page: TalkPage): Controls {
  const microphone = element("microphone", HTMLButtonElement);
  const label = microphone.querySelector("span");
  const stop = element("stop", HTMLButtonElement);
  const hangUp = element("hang-up", HTMLButtonElement);
  const send = element("send", HTMLButtonElement);
  const text = element("text", HTMLInputElement);

  const say = (words: string): boolean => {
    // A click or a key brought us here, so sound may start now.
    void page.allowSound();
    return words.trim() !== "" && talk.say(words.trim());
  };
  element("typed", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    if (say(text.value)) text.value = "";
  });
  text.addEventListener("input", () => {
    send.disabled = text.value.trim() === "" || talk.state.link.status !== "ready";
  });
  element("examples", HTMLUListElement).append(...examples.map((words) => make("li", "", exampleButton(words, say))));

  microphone.addEventListener("click", () => {
    if (page.state.microphone === "off") void page.startMicrophone();
    else if (page.state.microphone === "on" && !page.state.pushToTalk) talk.setMuted(!talk.state.muted);
  });
  connectHolding(microphone, page);
  stop.addEventListener("click", () => talk.stop());
  hangUp.addEventListener("click", () => page.stopMicrophone());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) talk.stop();
    if (event.code !== "Space" || isTyping(event.target) || !page.state.pushToTalk) return;
    event.preventDefault();
    if (!event.repeat) page.hold();
  });
  document.addEventListener("keyup", (event) => {
    if (event.code === "Space") page.release();
  });
  addEventListener("blur", () => page.release());

  return {
    show: (status, microphoneLabel) => {
      if (label && label.textContent !== microphoneLabel) label.textContent = microphoneLabel;
      microphone.setAttribute("aria-label", microphoneLabel);
      microphone.title = microphoneLabel;
      microphone.disabled = page.state.microphone === "opening" || status === "error";
      stop.disabled = status !== "speaking" && status !== "thinking";
      hangUp.hidden = page.state.microphone !== "on";
      send.disabled = text.value.trim() === "" || talk.state.link.status !== "ready";
    },
  };
}

function connectHolding(button: HTMLButtonElement, page: TalkPage): void {
  button.addEventListener("pointerdown", (event) => {
    if (!page.state.pushToTalk) return;
    button.setPointerCapture(event.pointerId);
    page.hold();
  });
  for (const end of ["pointerup", "pointercancel"]) button.addEventListener(end, () => page.release());
  button.addEventListener("contextmenu", (event) => {
    // A long press is how one talks here.
    if (page.state.pushToTalk) event.preventDefault();
  });
}

function exampleButton(words: string, say: (words: string) => boolean): HTMLButtonElement {
  const button = make("button", "", words);
  button.type = "button";
  button.addEventListener("click", () => say(words));
  return button;
}

function isTyping(target: EventTarget | null): boolean {
  // What can be pressed among the jobs is pressed by the space bar, too.
  if (target instanceof Element && target.closest("#jobs")) return true;
  return (
    target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
  );
}
