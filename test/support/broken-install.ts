import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** A copy of the built package in which one dependency is missing, or is there and cannot be loaded. */
export class BrokenInstall implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(dependency: string, how: "missing" | "unloadable"): Promise<BrokenInstall> {
    const folder = await mkdtemp(join(tmpdir(), "sotto-broken-"));
    const modules = join(folder, "node_modules");
    await mkdir(modules);
    await cp("dist", join(folder, "dist"), { recursive: true });
    await cp("package.json", join(folder, "package.json"));
    await symlink(resolve("models"), join(folder, "models"));
    const [scope, name] = dependency.startsWith("@") ? dependency.split("/") : [undefined, dependency];
    for (const entry of await readdir("node_modules")) {
      if (entry !== (scope ?? name)) await symlink(resolve("node_modules", entry), join(modules, entry));
    }
    if (scope !== undefined) {
      await mkdir(join(modules, scope));
      for (const entry of await readdir(join("node_modules", scope))) {
        if (entry !== name) await symlink(resolve("node_modules", scope, entry), join(modules, scope, entry));
      }
    }
    if (how === "unloadable") {
      const stub = join(modules, dependency);
      await mkdir(stub);
      await writeFile(join(stub, "package.json"), '{"main":"index.js"}');
      await writeFile(join(stub, "index.js"), 'throw new Error("lib.so.1: cannot open shared object file");');
    }
    return new BrokenInstall(folder);
  }

  /** What `sotto` is here. */
  get program(): string {
    return join(this.#folder, "dist", "sotto.js");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
