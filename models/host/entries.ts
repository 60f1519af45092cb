import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The built file of a host process or worker: beside us when we run from dist/, in dist/ when we run from source. */
export function hostEntry(name: string): string {
  const beside = new URL(`./${name}.js`, import.meta.url);
  return fileURLToPath(existsSync(beside) ? beside : new URL(`../../dist/${name}.js`, import.meta.url));
}

/** A file of this package, by its path below the package's root. */
export function packageFile(path: string): string {
  const fromBundle = new URL(`../${path}`, import.meta.url);
  return fileURLToPath(existsSync(fromBundle) ? fromBundle : new URL(`../../${path}`, import.meta.url));
}
