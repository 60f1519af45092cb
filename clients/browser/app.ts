import "./content-policy.ts";
import { realClock } from "../client-clock.ts";
import { Talk } from "../talk.ts";
import { openBrowserSocket } from "./browser-socket.ts";
import { connectControls } from "./controls.ts";
import { element } from "./elements.ts";
import { createJobPanel } from "./job-panel.ts";
import { createMemoryView } from "./memory-view.ts";
import { animateOrb } from "./orb.ts";
import { PageSpeaker } from "./page-speaker.ts";
import { hintText, microphoneLabel, noticeText, serviceText, shownStatus, statusText } from "./page-text.ts";
import { takeToken } from "./page-token.ts";
import { connectSettings, loadWishes } from "./settings.ts";
import { TalkPage } from "./talk-page.ts";
import { createTranscriptView } from "./transcript-view.ts";

const address = new URL("v1/realtime?model=sotto", location.href.replace(/[?#].*/, ""));
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";

let wishes = loadWishes();
let scheduled = false;
const speakers: PageSpeaker[] = [];
const talk = new Talk({
  url: address.href,
  token: takeToken(),
  openSocket: openBrowserSocket,
  clock: realClock,
  wishes,
  createLoudspeaker: (report) => {
    const speaker = new PageSpeaker(report);
    speakers.push(speaker);
    return speaker;
  },
  onChange: (state) => {
    jobs.hear(state);
    changed();
  },
});
const [speaker] = speakers;
if (!speaker) throw new TypeError("A talk makes its loudspeaker at once");
const page = new TalkPage(talk, speaker, { pushToTalk: wishes.pushToTalk, changed });
const transcript = createTranscriptView(element("lines", HTMLOListElement), element("announcer", HTMLElement));
const memory = createMemoryView(() => performance.now());
const jobs = createJobPanel(
  () => Date.now(),
  (request) => {
    // A click or a key brought us here, so sound may start now: how it goes is told aloud.
    void page.allowSound();
    // What was wrong before is not what may be wrong with this.
    talk.setProblem(null);
    return talk.client.send(request);
  },
);
const controls = connectControls(talk, page);

connectSettings(wishes, (next) => {
  page.configure(wishes, next);
  wishes = next;
});
animateOrb(element("orb", HTMLCanvasElement), () => ({
  status: shownStatus(talk.state, page.state),
  level: page.level,
}));
talk.start();
addEventListener("pagehide", () => talk.close());

/** Many changes, one drawing. */
function changed(): void {
  if (scheduled) return;
  scheduled = true;
  // A hidden page gets no animation frames, yet its transcript goes on.
  if (document.visibilityState === "visible") requestAnimationFrame(render);
  else setTimeout(render, 100);
}

function render(): void {
  scheduled = false;
  const { state } = talk;
  const status = shownStatus(state, page.state);
  const { body } = document;
  body.dataset["status"] = status;
  body.classList.toggle("talking", state.lines.length > 0);
  body.classList.toggle("live", page.state.microphone === "on");
  body.classList.toggle("muted", page.state.microphone === "on" && state.muted && !page.state.pushToTalk);
  body.classList.toggle("holding", page.state.holding);
  setText("status", statusText(status, state, page.state));
  setText("hint", hintText(status, state, page.state));
  setText("service", serviceText(state));
  const notice = noticeText(state, page.state);
  setText("notice", notice ?? "");
  element("notice", HTMLElement).hidden = notice === null;
  setText("about", state.service ? `Sotto ${state.service.version} · voice model ${state.service.voiceModel}` : "");
  controls.show(status, microphoneLabel(state, page.state));
  transcript.show(state.lines);
  memory(state);
  jobs.show(state);
}

function setText(id: string, text: string): void {
  const target = element(id, HTMLElement);
  if (target.textContent !== text) target.textContent = text;
}
