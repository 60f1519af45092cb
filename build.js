// Bundles our own sources into dist/ so that the assistant and its host processes start fast; packages stay external.

import { existsSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { build } from "esbuild";

/** Everything that starts as its own process or thread: name in dist/ → source. */
const nodeEntries = {
  sotto: "pipeline/cli.ts",
  "doctor-probe": "pipeline/doctor-probe.ts",
  "ears-host": "models/speech/ears-host.ts",
  "stt-worker": "models/speech/stt-worker.ts",
  "mouth-host": "models/speech/mouth-host.ts",
  "language-host": "models/servers/language-host.ts",
};
const pageEntries = {
  app: "clients/browser/app.ts",
  "capture-worklet": "clients/browser/capture-worklet.ts",
  "playback-worklet": "clients/browser/playback-worklet.ts",
  style: "clients/browser/style.css",
};
const present = (entries) => Object.fromEntries(Object.entries(entries).filter(([, source]) => existsSync(source)));

await mkdir("dist/page", { recursive: true });
await Promise.all([
  build({
    entryPoints: present(nodeEntries),
    outdir: "dist",
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    packages: "external",
    sourcemap: true,
    logLevel: "warning",
    banner: { js: "#!/usr/bin/env node" },
  }),
  build({
    entryPoints: present(pageEntries),
    outdir: "dist/page",
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    sourcemap: true,
    logLevel: "warning",
  }),
]);
await cp("clients/mic/recorder-definition.cjs", "dist/recorder-definition.cjs");
for (const file of ["index.html", "icon.svg"]) {
  if (existsSync(`clients/browser/${file}`)) await cp(`clients/browser/${file}`, `dist/page/${file}`);
}
