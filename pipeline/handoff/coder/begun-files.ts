/** Finds out from an answer that is still being written which files it has begun to write, so that people can see it. */
export class BegunFiles {
  #line = "";
  #fence: string | null = null;

  /** @returns paths as the model wrote them, of the files that this piece begins */
  push(text: string): readonly string[] {
    const lines = `${this.#line}${text}`.split("\n");
    this.#line = lines.pop() ?? "";
    return lines.flatMap((line) => this.#read(line.trim()));
  }

  #read(line: string): readonly string[] {
    const fence = /^(?:`{3,}|~{3,})/.exec(line)?.[0] ?? null;
    if (this.#fence !== null) {
      if (fence?.startsWith(this.#fence) && fence === line) this.#fence = null;
      return [];
    }
    this.#fence = fence;
    const path = /^(?:[#*]+\s*)?(?:FILE|EDIT):[\s*`"]*([^\s*`"]+)[*`"]*$/.exec(line)?.[1];
    return path === undefined ? [] : [path];
  }
}
