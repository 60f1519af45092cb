import { statusOf, type TalkState, type TalkStatus } from "../talk-state.ts";

/** How the page's own part of the conversation stands. */
export interface PageState {
  readonly microphone: "off" | "opening" | "on";
  readonly pushToTalk: boolean;
  /** The button or key is held down. */
  readonly holding: boolean;
  /** About the microphone or the loudspeaker; null when all is well. */
  readonly trouble: string | null;
}

export function shownStatus(talk: TalkState, page: PageState): TalkStatus {
  return page.holding ? "hearing" : statusOf(talk);
}

export function statusText(status: TalkStatus, talk: TalkState, page: PageState): string {
  switch (status) {
    case "connecting":
      return talk.connections === 0 ? "Connecting" : "Reconnecting";
    case "listening":
      if (page.microphone !== "on") return "Ready";
      if (talk.muted) return "Muted";
      return page.pushToTalk ? "Ready" : "Listening";
    case "hearing":
      return "Listening to you";
    case "thinking":
      return "Thinking";
    case "speaking":
      return "Speaking";
    default:
      return "Not connected";
  }
}

export function hintText(status: TalkStatus, talk: TalkState, page: PageState): string {
  if (status === "error" || status === "connecting") return "";
  if (page.microphone === "opening") return "Allow the microphone when you are asked";
  if (page.microphone === "off") return "Press “Start talking”, or type";
  if (page.pushToTalk) return page.holding ? "Let go when you are done" : "Hold the space bar or the button to talk";
  if (talk.muted) return "Press the button to be heard again";
  return status === "speaking" ? "Talk over it, or say “stop”" : "";
}

export function serviceText(talk: TalkState): string {
  if (talk.link.status === "refused") return talk.link.httpStatus === null ? "Ended" : "No access";
  if (talk.link.status !== "ready") return talk.link.status === "waiting" ? "Offline" : "Connecting …";
  if (!talk.service) return "Connected";
  return talk.service.starter ? "Starter voice: I know a few dozen things" : talk.service.voiceModel;
}

/** What the person must know now; null when there is nothing. */
export function noticeText(talk: TalkState, page: PageState): string | null {
  const { link } = talk;
  if (link.status === "refused" && link.httpStatus === null)
    return `This conversation has ended: ${link.why}. Reload this page to talk again.`;
  if (link.status === "refused")
    return "This page needs the link that Sotto printed when it started: it carries your access token. Open that link again.";
  if (link.status === "waiting" && link.attempt > 1) {
    return `No connection: ${link.why}. Trying again${talk.connections > 0 ? "; what you say now is kept for two seconds" : ""} …`;
  }
  return page.trouble ?? talk.problem;
}

export function microphoneLabel(talk: TalkState, page: PageState): string {
  if (page.microphone === "opening") return "Opening …";
  if (page.microphone === "off") return "Start talking";
  if (page.pushToTalk) return page.holding ? "Release to send" : "Hold to talk";
  return talk.muted ? "Unmute" : "Mute";
}
