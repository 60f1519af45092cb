import { FixedEngines } from "../../models/residency/fixed-engines.ts";
import type { InstalledModel } from "../../models/residency/installed-model.ts";
import type { MissingModel } from "../../models/residency/missing-models.ts";
import type { Report } from "../../models/residency/report.ts";
import { Residency } from "../../models/residency/residency.ts";
import type { LanguageRole } from "../../models/roles.ts";
import type { LoadOptions } from "../../models/servers/model-server.ts";
import { ScriptedServer, type ScriptedServerOptions } from "./scripted-server.ts";
import { VirtualClock } from "./virtual-clock.ts";

const options: LoadOptions = { contextTokens: 1_024, sequences: 1, kvType: "f16", batchTokens: 128, gpuLayers: 0 };

function model(id: string, bytes: number, pinned = false): InstalledModel {
  const variant = {
    id: "full",
    label: "as configured",
    shares: [{ pool: "ram", bytes }],
    measured: true,
    penaltyMs: 0,
    loadMs: 1_000,
    unloadMs: 100,
  };
  return {
    model: { id, server: "scripted", pinned, ladder: [variant] },
    variants: new Map([["full", { model: id, options, path: `/models/${id}` }]]),
  };
}

/** Room for the voice and one of the two others. */
export function smallResidency(
  more: Partial<ScriptedServerOptions> & {
    readonly capacityBytes?: number;
    readonly missing?: readonly MissingModel[];
  } = {},
) {
  const { missing = [] } = more;
  const clock = new VirtualClock();
  const server = new ScriptedServer({ clock, loadMs: 1_000, unloadMs: 100, ...more });
  const reports: Report[] = [];
  const warmed: string[] = [];
  const logs: string[] = [];
  const plan = (role: LanguageRole, id: string, patienceMs: number) => ({
    role,
    choices: [{ model: id, penaltyMs: 0 }],
    weight: 1,
    headStartMs: 0,
    patienceMs,
  });
  const residency = new Residency({
    pools: [{ id: "ram", capacityBytes: more.capacityBytes ?? 10, reserveBytes: 1, foreignBytes: 0 }],
    installed: [model("small", 2, true), model("big", 6), model("code", 6)],
    roles: [plan("voice", "small", 0), plan("director", "big", 60_000), plan("coder", "code", 60_000)].filter(
      ({ role }) => missing.every((it) => it.role !== role),
    ),
    missing,
    servers: new Map([["scripted", server]]),
    engines: new FixedEngines({}),
    warm: (path) => warmed.push(path),
    onReport: (report) => reports.push(report),
    clock,
    log: (line) => logs.push(line),
  });
  return { clock, server, residency, reports, warmed, logs };
}

/** Lets the voice be loaded. */
export async function untilReady(world: ReturnType<typeof smallResidency>): Promise<void> {
  const waiting = world.residency.ready();
  await world.clock.advance(1_100);
  await waiting;
}
