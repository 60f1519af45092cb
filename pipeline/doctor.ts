import pico from "picocolors";
import type { Config } from "./config.ts";
import { checks } from "./doctor-checks.ts";
import { codingChecks } from "./doctor-coding.ts";
import type { Finding } from "./doctor-finding.ts";

/** `sotto doctor`: looks at everything that Sotto needs. Gives 1 when something needed is missing, else 0. */
export async function doctor(
  config: Config,
  options: { readonly json: boolean; readonly print: (text: string) => void },
): Promise<number> {
  const findings: Finding[] = [];
  for (const check of [...checks, ...codingChecks]) {
    const finding = await check(config);
    findings.push(finding);
    if (!options.json) options.print(shown(finding));
  }
  const ok = findings.every(({ status }) => status !== "failed");
  if (options.json) options.print(`${JSON.stringify({ ok, findings }, undefined, 2)}\n`);
  else options.print(ok ? "\nReady to talk: npm start\n" : "\nNot ready; see above for what to do.\n");
  return ok ? 0 : 1;
}

function shown({ what, status, detail, remedy }: Finding): string {
  const mark = { ok: pico.green("✓"), warning: pico.yellow("!"), failed: pico.red("✗") }[status];
  const todo = remedy === undefined ? "" : `\n    → ${remedy}`;
  return `${mark} ${what}: ${detail}${todo}\n`;
}
