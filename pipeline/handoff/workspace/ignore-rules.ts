import ignore, { type Ignore } from "ignore";

/** What nobody wants to see even where no .gitignore says so. */
const usualRules = [
  "node_modules/",
  ".venv/",
  "venv/",
  "__pycache__/",
  "*.pyc",
  ".DS_Store",
  ".cache/",
  ".tox/",
  ".mypy_cache/",
  ".pytest_cache/",
  ".gradle/",
  ".next/",
].join("\n");

/** The rules of a .gitignore file, on top of those of the folders around it; a later rule wins. */
export class IgnoreRules {
  readonly #outer: IgnoreRules | null;
  /** The folder of the file, with a "/" at its end; "" for the workspace. */
  readonly #base: string;
  readonly #own: Ignore;

  private constructor(outer: IgnoreRules | null, base: string, text: string) {
    this.#outer = outer;
    this.#base = base;
    this.#own = ignore().add(text);
  }

  /** @param text more rules for the whole workspace, such as the user's own; "" for none */
  static usual(text = ""): IgnoreRules {
    return new IgnoreRules(null, "", `${usualRules}\n${text}`);
  }

  /** @param folder relative to the workspace; "" for itself */
  with(folder: string, text: string): IgnoreRules {
    return new IgnoreRules(this, folder === "" ? "" : `${folder}/`, text);
  }

  /** Whether a file, or with `folder` a folder, is left out; only for paths whose folders are not. */
  ignores(path: string, { folder }: { readonly folder: boolean }): boolean {
    const { ignored, unignored } = this.#own.test(path.slice(this.#base.length) + (folder ? "/" : ""));
    if (ignored || unignored || this.#outer === null) return ignored;
    return this.#outer.ignores(path, { folder });
  }
}
