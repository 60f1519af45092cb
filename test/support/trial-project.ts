import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkingCopyOptions } from "../../pipeline/handoff/workspace/working-copy.ts";
import { gitIn, MemoryBlobs, TrialWorkspace } from "./trial-workspace.ts";

/** What a workspace can be to git. */
export const projectKinds = ["repository", "folder", "folder in a repository", "repository without a commit"] as const;

/** A project with committed, changed, staged, untracked, ignored, deleted, executable, linked and secret files. */
export function trialProject(kind: (typeof projectKinds)[number]): TrialWorkspace {
  const trial = new TrialWorkspace({
    "src/a.ts": "export const a = 1;\n",
    "src/b.ts": "export const b = 2;\n",
    "gone.txt": "gone\n",
    "run.sh": "#!/bin/sh\n",
    "crlf.txt": "one\r\ntwo\r\n",
    "logo.png": Buffer.from([137, 80, 78, 71, 0, 1, 2]),
    "big.bin": Buffer.alloc(1_500_000, 7),
    ".gitignore": "*.log\nbuild/\n",
    ".gitattributes": "*.txt text eol=lf\n*.ts filter=shout\n",
    "forced.log": "tracked although ignored\n",
  });
  chmodSync(join(trial.root, "run.sh"), 0o755);
  symlinkSync("src", join(trial.root, "source"));
  symlinkSync(trial.outside, join(trial.root, "away"));
  if (kind === "repository") trial.commitAll();
  if (kind === "repository without a commit") trial.git("init", "-q");
  if (kind === "folder in a repository") {
    gitIn(trial.folder, "init", "-q");
    gitIn(trial.folder, "add", "-A", "--force", "project");
    gitIn(trial.folder, "commit", "-q", "-m", "first");
  }
  trial.write("src/b.ts", "export const b = 3;\n");
  trial.write("src/new.ts", "export const n = 4;\n");
  trial.write("build/out.js", "built\n");
  trial.write(".env", "KEY=1\n");
  trial.write("noise.log", "noise\n");
  if (kind !== "folder") rmSync(join(trial.root, "gone.txt"));
  if (kind === "repository") {
    trial.write("src/staged.ts", "export const s = 5;\n");
    trial.git("add", "src/staged.ts");
    trial.git("stash", "create");
    trial.git("config", "filter.shout.smudge", `sh -c 'touch ${trial.folder}/ran; cat'`);
    trial.git("config", "filter.shout.clean", `sh -c 'touch ${trial.folder}/ran; cat'`);
    for (const hook of ["post-checkout", "pre-commit", "post-commit", "reference-transaction", "post-index-change"]) {
      const file = join(trial.root, ".git/hooks", hook);
      mkdirSync(join(trial.root, ".git/hooks"), { recursive: true });
      writeFileSync(file, `#!/bin/sh\ntouch ${trial.folder}/ran\n`, { mode: 0o755 });
    }
  }
  return trial;
}

export const copyOptions = (trial: TrialWorkspace, more: Partial<WorkingCopyOptions> = {}): WorkingCopyOptions => ({
  workspace: trial.root,
  home: trial.home,
  blobs: new MemoryBlobs(),
  ciAllowed: [],
  ...more,
});
