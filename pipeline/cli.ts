import { Command, CommanderError } from "commander";
import pico from "picocolors";
import manifest from "../package.json" with { type: "json" };
import { type CodeFlags, codeRemarks, runCode, withCodeFlags } from "./cli-code.ts";
import { exitCodeOf, explain } from "./cli-failure.ts";
import { type Jobs, type JobsFlags, jobsArguments, runJobs, runUndo, withJobsFlags } from "./cli-jobs.ts";
import { modelsCommand } from "./cli-models.ts";
import { type PlanFlags, plan, planRemarks, withPlanFlags } from "./cli-plan.ts";
import { serve } from "./cli-serve.ts";
import { type SettingFlags, settingsFrom, withSettings } from "./cli-settings.ts";
import { runTalk, type TalkFlags, talkRemarks, withTalkFlags } from "./cli-talk.ts";
import { configKeys } from "./config-schema.ts";
import { doctor } from "./doctor.ts";

function program(): Command {
  const sotto = new Command("sotto")
    .description("A voice assistant that runs on your own machine.")
    .version(manifest.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`sotto: ${text.replace(/^error: /, "").replace(/\n\(/, " (")}`),
    })
    .addHelpText(
      "after",
      examples(
        "sotto serve",
        "sotto talk",
        "sotto talk --file question.wav --save answer.wav",
        'sotto code "add unit tests for the parser" --in ~/project',
        "sotto doctor",
      ),
    );

  withSettings(sotto.command("serve"))
    .option("--no-token", "let every program on this machine in; only on 127.0.0.1")
    .description("Start the service and wait for clients: the page, the terminal, any OpenAI Realtime client.")
    .addHelpText(
      "after",
      examples(
        "sotto serve",
        "sotto serve --port 9000",
        "sotto serve --voice-model ~/models/qwen.gguf",
        "sotto serve --set director.model=~/models/large.gguf --slot-bytes 6GB",
        "sotto serve --set turn.mode=server_vad --set turn.silenceMs=700",
      ),
    )
    .action(async (flags: SettingFlags) => {
      await serve(flags);
    });

  withSettings(withTalkFlags(sotto.command("talk")))
    .description("Talk in this terminal. Starts the service when none is running.")
    .addHelpText(
      "after",
      examples(
        "sotto talk",
        'sotto talk --text "What time is it?"',
        "sotto talk --file question.wav --save answer.wav",
        "sotto talk --file joke.wav --file stop.wav@900 --json",
        "sotto talk --workspace ~/project --file task.wav --files-from - --json",
      ),
    )
    .addHelpText("after", talkRemarks)
    .action(async (flags: TalkFlags) => {
      const { talk } = await import("../clients/mic/talk.ts");
      process.exitCode = await runTalk(flags, (request, signal) => talk(request, { ...terminal, signal }));
    });

  withSettings(withCodeFlags(sotto.command("code")))
    .description("Hand a task to the coder, see what it wants to change, and decide.")
    .addHelpText(
      "after",
      examples(
        'sotto code "create a fizz buzz script in python" --in .',
        'sotto code "add unit tests for the parser" --in ~/project',
        'sotto code "rename the flag --colour to --color" --in . --yes',
        'sotto code "fix the typo in the readme" --in . --json',
      ),
    )
    .addHelpText("after", codeRemarks)
    .action(async (task: string, flags: CodeFlags) => {
      const { code } = await import("../clients/mic/code.ts");
      process.exitCode = await runCode(task, flags, (order, signal) => code(order, { ...terminal, signal }));
    });

  withJobsFlags(jobsArguments(sotto.command("jobs")))
    .description("List the coding jobs, see one with its diff, say yes or no to it, or stop it.")
    .addHelpText(
      "after",
      examples(
        "sotto jobs",
        "sotto jobs 4kP9aX",
        "sotto jobs approve 4kP9aX",
        "sotto jobs reject 4kP9aX",
        "sotto jobs cancel 4kP9aX",
      ),
    )
    .action(async (action: string | undefined, id: string | undefined, flags: JobsFlags) => {
      process.exitCode = await runJobs(action, id, flags, jobsInTerminal);
    });

  withJobsFlags(sotto.command("undo"))
    .description("Take back what a coding job changed, byte for byte: the last one, or the one that is named.")
    .argument("[id]", "which job: its id from `sotto jobs`, or the beginning of it")
    .addHelpText("after", examples("sotto undo", "sotto undo 4kP9aX"))
    .action(async (id: string | undefined, flags: JobsFlags) => {
      process.exitCode = await runUndo(id, flags, jobsInTerminal);
    });

  withPlanFlags(sotto.command("plan"))
    .description("Say which models this machine, or one of given sizes, should run, and why.")
    .option("--verbose", "show where an error came from")
    .addHelpText("after", examples("sotto plan", "sotto plan --vram 12GB", "sotto plan --unified 32GB --json"))
    .addHelpText("after", planRemarks)
    .action((flags: PlanFlags) => plan(flags, (text) => process.stdout.write(text)));

  modelsCommand(sotto.command("models"), examples);

  withSettings(sotto.command("doctor"))
    .description("Check that everything Sotto needs is there, and say what to do about what is not.")
    .option("--json", "print the findings as JSON")
    .addHelpText("after", examples("sotto doctor", "sotto doctor --json"))
    .action(async ({ json = false, ...flags }: SettingFlags & { readonly json?: boolean }) => {
      const { config } = settingsFrom(flags);
      process.exitCode = await doctor(config, { json, print: (text) => process.stdout.write(text) });
    });

  withSettings(sotto.command("config"))
    .description("Print every setting, its value and where that was set.")
    .option("--json", "print the settings as JSON, in the form of sotto.config.json")
    .addHelpText(
      "after",
      examples("sotto config", "SOTTO_SERVER_PORT=9000 sotto config", "sotto config --json > sotto.config.json"),
    )
    .action(({ json = false, ...flags }: SettingFlags & { readonly json?: boolean }) => printConfig(flags, json));

  return sotto;
}

async function jobsInTerminal(...[order, place, signal]: Parameters<Jobs>): Promise<number> {
  const { jobs } = await import("../clients/mic/jobs.ts");
  return await jobs(order, place, { ...terminal, signal });
}

const terminal = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env };

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}

function printConfig(flags: SettingFlags, json: boolean): void {
  const { config, origins } = settingsFrom(flags);
  if (json) {
    const { server, ...others } = config;
    const { token: _kept, ...shown } = server;
    process.stdout.write(`${JSON.stringify({ ...others, server: shown }, undefined, 2)}\n`);
    return;
  }
  for (const { name, about, secret } of configKeys) {
    const value = name
      .split(".")
      .reduce<unknown>((holder, part) => new Map(Object.entries(holder ?? {})).get(part), config);
    const shown = secret && value !== undefined ? "(hidden)" : (JSON.stringify(value) ?? "-");
    const origin = origins.get(name);
    process.stdout.write(
      `${pico.bold(name)} = ${shown}${origin === undefined ? "" : `  (${origin})`}\n    ${pico.dim(about)}\n`,
    );
  }
}

// `sotto config | head`: who stops reading has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`sotto: What it has to say cannot be written: ${error.message}\n`);
  process.exit(1);
});

const wantsStack = process.argv.includes("--verbose") || Boolean(process.env["SOTTO_DEBUG"]);
try {
  const sotto = program();
  if (process.argv.length > 2) await sotto.parseAsync(process.argv);
  else sotto.help({ error: true });
} catch (error) {
  const code = exitCodeOf(error);
  // Commander has already said what it had to say.
  if (!(error instanceof CommanderError)) process.stderr.write(`${explain(error, wantsStack)}\n`);
  process.exitCode = code;
}
