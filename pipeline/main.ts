import { freemem, totalmem } from "node:os";
import { systemClock } from "../models/clock.ts";
import { packageFile } from "../models/host/entries.ts";
import { openLanguageModels, type RoleSetting } from "../models/language-models.ts";
import { FixedEngines } from "../models/residency/fixed-engines.ts";
import { MemoryBooks } from "../models/residency/memory-books.ts";
import type { LanguageRole, ModelStatus, Models, Tts, Writer } from "../models/roles.ts";
import { ChatWriter } from "../models/servers/chat-writer.ts";
import type { Completion } from "../models/servers/server.ts";
import { Ears } from "../models/speech/ears.ts";
import { fliteTts, mouthProcess } from "../models/speech/flite-tts.ts";
import { fliteVoice, voiceNames } from "../models/speech/flite-voices.ts";
import { speakable } from "../models/speech/speakable/speakable.ts";
import { CoderWriter } from "../models/starter/coder/coder-writer.ts";
import { DirectorWriter } from "../models/starter/director/director-writer.ts";
import { phraseBookJsgf, pronunciations } from "../models/starter/grammar.ts";
import { StarterWriter } from "../models/starter/writer.ts";
import { codingTools } from "../models/tools/coding-tools.ts";
import { askDirectorTool } from "../models/tools/not-installed.ts";
import { createToolbox, createTools } from "../models/tools/toolbox.ts";
import manifest from "../package.json" with { type: "json" };
import { loadToken } from "./access-token.ts";
import type { Config } from "./config.ts";
import { configuredServers } from "./config-servers.ts";
import { Closers } from "./flow/closers.ts";
import { openDesk } from "./handoff/desk/open-desk.ts";
import { openHome } from "./home-folder.ts";
import type { Log } from "./log.ts";
import { newId } from "./realtime/ids.ts";
import { defaultSession, type SessionConfig } from "./realtime/session-config.ts";
import { createSottoServer } from "./server.ts";
import { Session } from "./session.ts";

export interface Service {
  /** "http://127.0.0.1:8377" */
  readonly url: string;
  /** The page's address with the token in it. */
  readonly link: string;
  /** What is running, for those who watch. */
  readonly models: Models;
  readonly sessions: ReadonlySet<Session>;
  /** The processes that engines run in; a pid changes when one was started again. */
  readonly hosts: () => readonly { readonly name: string; readonly pid: number | undefined }[];
  close(): Promise<void>;
}

/** What a general model is told about its place; the starter has learnt its own. */
const instructions =
  "You are Sotto, a voice assistant that runs on the user's own machine. Your answers are spoken aloud: be brief, " +
  "use plain sentences, no lists and no Markdown. If you do not know something, say so.";

/**
 * Listens, and is ready when every engine is. What was started is stopped again when something fails.
 * @throws Error of one line that says what to do: port in use, engine missing, model damaged, no such voice.
 */
export async function startSotto(config: Config, { log }: { readonly log: Log }): Promise<Service> {
  const resources = new Closers();
  try {
    const clock = systemClock;
    const starting = new AbortController().signal;
    if (fliteVoice(config.speech.voice) === undefined) {
      throw new Error(`speech.voice: there is no voice "${config.speech.voice}"; there are ${voiceNames.join(", ")}`);
    }
    await openHome(config.home);
    const say = (line: string): void => log(line, "warn");
    const ears = resources.use(
      new Ears({ grammar: { jsgf: phraseBookJsgf, pronunciations }, maxDecoders: 2, clock, log: say }),
    );
    const mouth = resources.use(mouthProcess({ clock, log: say }));
    const isStarter = config.voice.model === "starter";
    const toolOptions = {
      clock,
      status: (): readonly ModelStatus[] => models.status().models,
      memory: () => ({ freeBytes: freemem(), totalBytes: totalmem() }),
      firstJoke: clock.today().getMilliseconds(),
    };
    const passesOn = config.routing.fallback === "on" && config.director.model !== "off";
    const tools = isStarter
      ? createTools(toolOptions)
      : [...(passesOn ? [askDirectorTool] : []), ...(config.workspace.length > 0 ? codingTools : [])];
    const tts = inOurVoices(fliteTts(mouth), config.speech.voice);
    const { home, memory } = config;
    const { reserveBytes, slotBytes } = memory;
    const slot = slotBytes === undefined ? {} : { slotBytes };
    const books = await MemoryBooks.open({ folder: home, reserveBytes, ...slot, clock, log: say }, starting);
    resources.defer(async () => books[Symbol.dispose]());
    const starterWriters: Readonly<Record<LanguageRole, (completion: Completion) => Writer>> = {
      voice: (completion) => new StarterWriter({ completion, tools }),
      director: (completion) => new DirectorWriter({ completion }),
      coder: (completion) => new CoderWriter({ completion }),
    };
    const languages = await openLanguageModels(
      {
        settings: roleSettings(config),
        books,
        places: configuredServers(config.models),
        engines: new FixedEngines({
          // One process does both; its memory is told once.
          vad: { model: "silero", engine: ears.vad, host: ears, bytes: () => 0 },
          stt: { model: "starter", engine: ears.stt, host: ears, bytes: books.weigh(() => ears.pid) },
          tts: { model: "flite", engine: tts, host: mouth, bytes: books.weigh(() => mouth.pid) },
        }),
        writerFor: (role, starter, completion, info) => {
          if (starter) return starterWriters[role](completion);
          if (!info.chatml) say(otherFormat(role, info.name));
          return new ChatWriter({ completion, contextTokens: info.contextTokens });
        },
        clock,
        log: say,
      },
      starting,
    );
    const models = resources.use(languages.residency);
    const desk = resources.use(await openDesk({ config, models, clock, newId, log }));
    const voiceName = languages.nameOf("voice") ?? "none";
    const sessions = new Set<Session>();
    const newSession = (id: string): SessionConfig => withTurn(defaultSession(sessionDefaults(id)), config);
    const sessionDefaults = (id: string) => ({
      id,
      openedAt: clock.today(),
      model: voiceName,
      voice: config.speech.voice,
      instructions: isStarter ? "" : instructions,
    });
    const token = config.server.requireToken ? (config.server.token ?? (await loadToken(config.home))) : undefined;
    const server = createSottoServer({
      config: config.server,
      token,
      clock,
      log,
      newSession,
      pageDir: packageFile("dist/page"),
      models: () => models.status().models.map((status) => status.model),
      status: () => ({ ...models.status(), status: overall(models.status().models), sessions: sessions.size }),
      openSession: (request) => {
        const session = new Session(request, {
          models,
          toolbox: (coding) => createToolbox(tools, coding),
          takeSeat: desk.takeSeat,
          clock,
          newId,
          speakable,
          log: say,
          routing: config.routing,
          defaults: newSession(request.id),
          hello: { version: manifest.version, voiceModel: voiceName, voices: voiceNames, starter: isStarter },
          onClose: (closed) => sessions.delete(closed),
        });
        sessions.add(session);
        return session;
      },
    });
    resources.defer(() => server.close());
    // The port first: that it is taken should be known at once, not when the engines are up.
    const { url } = await server.listen();
    await Promise.all([ears.ready(), mouth.ready(), models.ready()]);
    const link = token === undefined ? `${url}/` : `${url}/?token=${token}`;
    const hosts = () => [
      { name: "ears", pid: ears.pid },
      { name: "voice", pid: languages.pid("voice") },
      { name: "director", pid: languages.pid("director") },
      { name: "coder", pid: languages.pid("coder") },
      { name: "mouth", pid: mouth.pid },
    ];
    return { url, link, models, sessions, hosts, close: () => resources[Symbol.asyncDispose]() };
  } catch (error) {
    await resources[Symbol.asyncDispose]();
    throw error;
  }
}

/** Roles that are to have a model; "off" has none. */
function roleSettings(config: Config): readonly RoleSetting[] {
  return (["voice", "director", "coder"] as const).flatMap((role) => {
    const { model, threads, contextTokens, gpu } = config[role];
    if (model === "off") return [];
    const limits = {
      ...(threads === undefined ? {} : { threads }),
      ...(contextTokens === undefined ? {} : { contextTokens }),
      ...(gpu === undefined ? {} : { gpu }),
    };
    return [{ role, model, ...limits }];
  });
}

/** A client that asks for a voice of another service is answered in ours rather than by silence. */
function inOurVoices(tts: Tts, usual: string): Tts {
  return {
    voices: tts.voices,
    speak: (text, { voice, speed }, signal) =>
      tts.speak(text, { voice: fliteVoice(voice) === undefined ? usual : voice, speed }, signal),
  };
}

/** Nothing fails then, but what comes is likely to be nonsense, and nobody could tell why. */
function otherFormat(role: LanguageRole, model: string): string {
  return (
    `The ${role}'s model ${model} has no chat template that Sotto can use; it is talked to in ChatML, and its answers may be nonsense. ` +
    `Let Ollama run it: ${role}.model=ollama:<model>.`
  );
}

function overall(models: readonly ModelStatus[]): "ready" | "starting" | "failed" {
  if (models.some(({ state, pinned }) => state === "failed" && pinned)) return "failed";
  return models.every(({ state, pinned }) => state === "ready" || !pinned) ? "ready" : "starting";
}

function withTurn(session: SessionConfig, { turn, speech }: Config): SessionConfig {
  const common = { create_response: true, interrupt_response: true };
  const turnDetection =
    turn.mode === "semantic_vad"
      ? { type: turn.mode, eagerness: turn.eagerness, ...common }
      : {
          type: turn.mode,
          threshold: 0.5,
          prefix_padding_ms: 300,
          silence_duration_ms: turn.silenceMs,
          idle_timeout_ms: null,
          ...common,
        };
  const { input, output } = session.audio;
  return {
    ...session,
    audio: { input: { ...input, turn_detection: turnDetection }, output: { ...output, speed: speech.speed } },
  };
}
