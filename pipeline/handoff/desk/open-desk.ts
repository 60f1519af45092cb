import { homedir } from "node:os";
import type { Clock } from "../../../models/clock.ts";
import type { Models } from "../../../models/roles.ts";
import type { Config } from "../../config.ts";
import type { Log } from "../../log.ts";
import type { NewId } from "../../realtime/ids.ts";
import type { EnvironmentWishes } from "../agents/agent-environment.ts";
import { externalAgent } from "../agents/external-agent.ts";
import { proposalRisk } from "../approval/risk.ts";
import type { TakeSeat } from "../coding-seat.ts";
import { JobStore } from "../jobs/job-store.ts";
import { type ResolvedWorkspace, resolveWorkspace } from "../workspace/allowed-folders.ts";
import { type CheckTemplate, configuredChecks } from "../workspace/configured-checks.ts";
import { pathClass } from "../workspace/denied-path.ts";
import { removeLeftOverCopies } from "../workspace/left-over-copies.ts";
import { Sandbox } from "../workspace/sandbox.ts";
import { AllowedWorkshop } from "./allowed-workshop.ts";
import { CodingDesk } from "./coding-desk.ts";
import { CopyWorkshop } from "./copy-workshop.ts";
import type { DeskPlace } from "./desk-voice.ts";
import { whyNoTasks } from "./open-to-tasks.ts";
import { Seats } from "./seats.ts";

export interface OpenDeskOptions {
  readonly config: Config;
  readonly models: Models;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
}

/** The coder's desk, with whoever sits at it. */
export interface OpenedDesk extends AsyncDisposable {
  readonly takeSeat: TakeSeat;
}

const usualContextTokens = 8_192;
const anotherWorks = "Another Sotto works on the coding jobs. Close it and start this one again, or ask that one.";
/** A check that takes longer is taken for one that hangs. */
const checkTimeoutMs = 300_000;

/** Opens the desk with the jobs that an earlier service left; their work goes on. */
export async function openDesk({ config, models, clock, newId, log }: OpenDeskOptions): Promise<OpenedDesk> {
  const { home, coder, workspace: folders } = config;
  const store = JobStore.open({ folder: home, clock, complain: (line) => log(line, "warn") });
  try {
    if (store.access === "write") await removeLeftOverCopies(home);
    else log(anotherWorks, "warn");
    const loadMs = (): number | null => {
      const forecast = models.forecast("coder");
      return forecast.status === "unavailable" ? null : forecast.waitMs;
    };
    const templates = coder.checks.map(templateOf);
    const sandbox = new Sandbox({ clock, env: process.env, homeDir: homedir(), toolFolders: coder.toolFolders });
    const external =
      coder.agent.length === 0
        ? null
        : externalAgent({
            argv: coder.agent,
            clock,
            environment: environmentOf(coder.agentEnvironment),
            keeps: coder.agentFolders,
            // The token lies there, and whoever has it may approve.
            hides: [home],
          });
    const workshop = new CopyWorkshop({
      models,
      clock,
      log,
      blobs: store,
      home,
      checks: (workspace) => configuredChecks({ templates, sandbox, workspace, timeoutMs: checkTimeoutMs }),
      ciAllowed: coder.allowCi,
      applyAs: coder.apply,
      external,
      actions: coder.actions,
      contextTokens: coder.contextTokens ?? usualContextTokens,
    });
    const rules = { mostFiles: coder.mostFiles, mostLines: coder.mostLines };
    const forbidden = { homeDir: homedir(), sottoHome: home };
    const resolve = (wanted: string | null): Promise<ResolvedWorkspace> => resolveWorkspace(folders, wanted, forbidden);
    const why = store.access === "read" ? anotherWorks : whyNoTasks(config);
    const desk = new CodingDesk({
      keeper: store,
      workshop: new AllowedWorkshop(workshop, async (wanted) => (why === null ? resolve(wanted) : { ok: false, why })),
      clock,
      newId,
      log: (line) => log(line, "warn"),
      riskOf: (proposal) => proposalRisk(proposal, rules, pathClass),
      approvalMs: coder.approvalMs,
      loadMs,
    });
    const place: DeskPlace = {
      folders,
      why,
      resolve,
      loadMs,
    };
    const seats = new Seats(desk, place);
    if (store.access === "write") desk.start();
    return {
      takeSeat: seats.take,
      [Symbol.asyncDispose]: async () => {
        seats[Symbol.dispose]();
        await desk[Symbol.asyncDispose]();
        store[Symbol.dispose]();
      },
    };
  } catch (error) {
    store[Symbol.dispose]();
    throw error;
  }
}

/** "test=npm test": what the schema let through. */
function templateOf(text: string): CheckTemplate {
  const at = text.indexOf("=");
  const [program = "", ...args] = text
    .slice(at + 1)
    .trim()
    .split(/\s+/);
  return { name: text.slice(0, at), argv: [program, ...args] };
}

/** "NAME" is passed on, "NAME=value" is set. */
function environmentOf(texts: readonly string[]): EnvironmentWishes {
  const set = texts.flatMap((text): [string, string][] => {
    const at = text.indexOf("=");
    return at === -1 ? [] : [[text.slice(0, at), text.slice(at + 1)]];
  });
  return { set: Object.fromEntries(set), pass: texts.filter((text) => !text.includes("=")) };
}
