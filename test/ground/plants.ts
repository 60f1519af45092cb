/** A file that breaks exactly one rule, and its twin that does the same thing rightly. */
export interface Plant {
  readonly what: string;
  /** Biome's category, without "lint/". */
  readonly rule: string;
  /** Where the violation sits, from the package's root. */
  readonly path: string;
  readonly wrong: string;
  readonly right: string;
}

const restricted = "style/noRestrictedImports";

const directions: readonly (readonly [what: string, path: string, wrong: string, right: string])[] = [
  ["models import nothing of the pipeline", "models/a.ts", "../pipeline/flow/x.ts", "./x.ts"],
  ["models import nothing of the clients", "models/speech/b.ts", "../../clients/x.ts", "../roles.ts"],
  ["the pipeline sees models through ports", "pipeline/c.ts", "../models/speech/x.ts", "../models/roles.ts"],
  ["folders of the pipeline too", "pipeline/flow/d.ts", "../../models/clock-x.ts", "../../models/clock.ts"],
  ["the pipeline knows no client", "pipeline/e.ts", "../clients/mic/talk.ts", "../models/errors.ts"],
  ["even main.ts knows no client", "pipeline/main.ts", "../clients/mic/talk.ts", "../models/speech/x.ts"],
  ["cli.ts knows the terminal client alone", "pipeline/cli.ts", "../clients/mic/x.ts", "../clients/mic/talk.ts"],
  ["by its commands", "pipeline/cli.ts", "../clients/mic/keys.ts", "../clients/mic/code.ts"],
  ["cli.ts sees models through ports", "pipeline/cli.ts", "../models/speech/x.ts", "../models/errors.ts"],
  ["cli-plan.ts knows no client", "pipeline/cli-plan.ts", "../clients/mic/talk.ts", "../models/catalog/x.ts"],
  ["stages never import each other", "pipeline/stages/f.ts", "./g.ts", "../flow/x.ts"],
  ["nor by another path", "pipeline/stages/h.ts", "../stages/g.ts", "../../models/roles.ts"],
  ["stages see models through ports", "pipeline/stages/i.ts", "../../models/speech/x.ts", "../audio/x.ts"],
  ["stages know no client", "pipeline/stages/q.ts", "../../clients/x.ts", "../realtime/x.ts"],
  ["the wire knows no client", "pipeline/realtime/r.ts", "../../clients/x.ts", "./x.ts"],
  ["the wire sees models through ports", "pipeline/realtime/j.ts", "../../models/speech/x.ts", "./x.ts"],
  ["the wire runs in a browser", "pipeline/realtime/k.ts", "node:fs", "../../models/roles.ts"],
  ["clients know the wire only", "clients/mic/l.ts", "../../pipeline/session.ts", "../../pipeline/realtime/x.ts"],
  ["clients know no model", "clients/mic/m.ts", "../../models/roles.ts", "node:fs"],
  ["the page knows the wire only", "clients/browser/n.ts", "../../pipeline/config.ts", "../realtime-client.ts"],
  ["the page knows no model", "clients/browser/o.ts", "../../models/roles.ts", "../../pipeline/realtime/x.ts"],
  ["the page runs in a browser", "clients/browser/p.ts", "node:fs", "./x.ts"],
  ["so does the shared client", "clients/realtime-client.ts", "node:events", "../pipeline/realtime/x.ts"],
];

const lines = (count: number): string => `${"// a line\n".repeat(count - 1)}export {};\n`;
const union = 'declare const way: "in" | "out" | "through";\nlet seen = "";\n';

export const plants: readonly Plant[] = [
  ...directions.map(([what, path, wrong, right]) => ({
    what,
    rule: restricted,
    path,
    wrong: `import type { X } from "${wrong}";\nexport type Y = X;\n`,
    right: `import type { X } from "${right}";\nexport type Y = X;\n`,
  })),
  {
    what: "dynamic imports obey the direction too",
    rule: restricted,
    path: "models/late.ts",
    wrong: 'export const load = async () => (await import("../pipeline/x.ts")).x;\n',
    right: 'export const load = async () => (await import("./x.ts")).x;\n',
  },
  {
    what: "no import cycles",
    rule: "suspicious/noImportCycles",
    path: "models/cycle/first.ts",
    wrong: 'import { second } from "./second.ts";\nexport const first = () => second;\n',
    right: "export const first = 1;\n",
  },
  {
    what: "300 lines a file",
    rule: "style/noExcessiveLinesPerFile",
    path: "models/long.ts",
    wrong: lines(301),
    right: lines(299),
  },
  {
    what: "no console",
    rule: "suspicious/noConsole",
    path: "pipeline/talks.ts",
    wrong: 'console.log("hello");\n',
    right: 'process.stdout.write("hello");\n',
  },
  {
    what: "no floating promise",
    rule: "nursery/noFloatingPromises",
    path: "pipeline/floats.ts",
    wrong: "async function work(): Promise<void> {}\nwork();\n",
    right: "async function work(): Promise<void> {}\nawait work();\n",
  },
  {
    what: "no promise as a condition",
    rule: "nursery/noMisusedPromises",
    path: "pipeline/misuses.ts",
    wrong: "const ready = Promise.resolve(true);\nexport const late = ready ? 1 : 2;\n",
    right: "const ready = Promise.resolve(true);\nexport const late = (await ready) ? 1 : 2;\n",
  },
  {
    what: "a switch names every case",
    rule: "nursery/useExhaustiveSwitchCases",
    path: "pipeline/chooses.ts",
    wrong: `${union}switch (way) {\n  case "in":\n    seen = way;\n    break;\n}\nexport { seen };\n`,
    right: `${union}switch (way) {\n  case "in":\n  case "out":\n  case "through":\n    seen = way;\n    break;\n}\nexport { seen };\n`,
  },
  {
    what: "no enum",
    rule: "style/noEnum",
    path: "models/enumerates.ts",
    wrong: "export enum Way {\n  In = 0,\n}\n",
    right: 'export type Way = "in";\n',
  },
  {
    what: "no non-null assertion",
    rule: "style/noNonNullAssertion",
    path: "models/insists.ts",
    wrong: "declare const name: string | undefined;\nexport const length = name!.length;\n",
    right: "declare const name: string | undefined;\nexport const length = name?.length;\n",
  },
  {
    what: "no any",
    rule: "suspicious/noExplicitAny",
    path: "models/anything.ts",
    wrong: "export const take = (it: any) => it;\n",
    right: "export const take = (it: unknown) => it;\n",
  },
  {
    what: "no as",
    rule: "nursery/noUnsafeTypeAssertion",
    path: "pipeline/claims.ts",
    wrong: "declare const it: unknown;\nexport const text = it as string;\n",
    right: 'export const ways = ["in", "out"] as const;\n',
  },
  ...["Date.now()", "performance.now()", "Math.random()"].flatMap((call) =>
    ["models/times", "pipeline/stages/times", "clients/mic/times"].map((path) => ({
      what: `no ${call} in ${path.split("/")[0]}`,
      rule: "nursery/noJsRestrictedProperties",
      path: `${path}-${call.split(".")[0]?.toLowerCase()}.ts`,
      wrong: `export const now = () => ${call};\n`,
      right: "export const now = (clock: { nowMs(): number }) => clock.nowMs();\n",
    })),
  ),
  ...["setTimeout(go, 9)", "setInterval(go, 9)", "new Date()", "Date()"].flatMap((call) =>
    ["models/waits", "pipeline/stages/waits", "clients/mic/waits"].map((path) => ({
      what: `no ${call} in ${path.split("/")[0]}`,
      rule: call.startsWith("set") ? "style/noRestrictedGlobals" : "plugin",
      path: `${path}-${call.replace(/\W+/g, "-").toLowerCase()}.ts`,
      wrong: `export const wait = (go: () => void) => [${call}, go];\n`,
      right: "export const wait = (clock: { today(): Date }) => [clock.today(), new Date(0), clock];\n",
    })),
  ),
  ...["setTimeout", "setTimeout as delay", "setImmediate, setInterval"].map((names) => ({
    what: `no timers by import { ${names} }`,
    rule: "plugin",
    path: `pipeline/imports-${names.replace(/\W+/g, "-").toLowerCase()}.ts`,
    wrong: `export * from "./x.ts";\nimport { ${names} } from "node:timers/promises";\nexport const all = [${names.replace(/\w+ as /, "")}];\n`,
    right: 'import { setImmediate as nextRound } from "node:timers/promises";\nexport const all = [nextRound];\n',
  })),
  {
    what: "types are imported as types",
    rule: "style/useImportType",
    path: "models/names.ts",
    wrong: 'import { X } from "./x.ts";\nexport type Y = X;\n',
    right: 'import type { X } from "./x.ts";\nexport type Y = X;\n',
  },
  {
    what: "Node's modules are named as such",
    rule: "style/useNodejsImportProtocol",
    path: "models/reads.ts",
    wrong: 'export { readFile } from "fs";\n',
    right: 'export { readFile } from "node:fs";\n',
  },
  {
    what: "no unused import",
    rule: "correctness/noUnusedImports",
    path: "models/forgets.ts",
    wrong: 'import { x } from "./x.ts";\nexport const y = 1;\n',
    right: "export const y = 1;\n",
  },
  {
    what: "no unused variable",
    rule: "correctness/noUnusedVariables",
    path: "models/leaves.ts",
    wrong: "function unused(): void {}\nexport const y = 1;\n",
    right: "export const y = 1;\n",
  },
  {
    what: "only declared packages",
    rule: "correctness/noUndeclaredDependencies",
    path: "pipeline/borrows.ts",
    wrong: 'import { pad } from "left-pad-of-nobody";\nexport const p = pad;\n',
    right: 'import { z } from "zod";\nexport const p = z;\n',
  },
];

/** Files that plants lean on; right by themselves. */
export const soil: Readonly<Record<string, string>> = {
  "models/cycle/second.ts": 'import { first } from "./first.ts";\nexport const second = () => first;\n',
  // The one place that may read the clock.
  "models/clock.ts":
    'import { setTimeout as delay } from "node:timers/promises";\nexport const times = [delay, performance.now(), Date.now(), new Date()];\n',
  "clients/client-clock.ts": "export const wait = (go: () => void) => setTimeout(go, performance.now());\n",
  // A page's own hands.
  "clients/browser/draws.ts":
    "export const wait = (go: () => void) => setTimeout(go, Date.now() - new Date().getHours());\n",
  // A bench prints and measures.
  "test/bench/b.bench.ts": 'console.log("hello", performance.now());\n',
};
