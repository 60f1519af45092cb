import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { z } from "zod";
import { editCorpus, followAnswer, type Hands, mistake } from "../../../support/edit-corpus.ts";

const folder = fileURLToPath(new URL("../../../../pipeline/handoff/edits/", import.meta.url));
const corpus = editCorpus();

/** Each breaks one rule of the edits; some recorded answer must come out wrong then. */
const mutants: readonly (readonly [file: string, from: string, to: string])[] = [
  ["replace", "places.length === 1 ? place :", "places.length >= 1 ? place :"],
  ["replace", "[exactPlaces, trimmedPlaces, movedPlaces, anchoredPlaces]", "[movedPlaces, anchoredPlaces]"],
  [
    "replace",
    "[exactPlaces, trimmedPlaces, movedPlaces, anchoredPlaces]",
    "[exactPlaces, movedPlaces, anchoredPlaces]",
  ],
  ["replace", "[exactPlaces, trimmedPlaces, movedPlaces, anchoredPlaces]", "[exactPlaces, trimmedPlaces]"],
  ["replace", "[exactPlaces, trimmedPlaces, movedPlaces, anchoredPlaces]", "[exactPlaces, trimmedPlaces, movedPlaces]"],
  ["replace", "other.search.length - one.search.length", "one.search.length - other.search.length"],
  ["replace", "elidedLine(path, quote.replace, file)", "null"],
  ["replace", "lines = withPlace(lines, found.place, end)", "void found.place"],
  ["replace", "placeOfOld(versions, quote, places)", "null"],
  ["replace", "before === undefined || others.length > 0", "before === undefined"],
  ["replace", "places.find(isUntouched) ?? null", "places[0] ?? null"],
  ["replace", "old.at(-1)?.end ?? end", "end"],
  ["replace", 'inserted.length === 0 && lastEnd === ""', "false"],
  ["replace", "exactPlaces(file, { ...quote, search: replace }).length > 0", "false"],
  ["anchored", "others.length > Math.floor(wanted.length / 4)", "others.length > wanted.length"],
  ["anchored", "others.some((i) => fixed.has(i))", "false"],
  ["anchored", "isShifted && !isLevel(search, replace)", "false"],
  ["anchored", "index === first ? shifts.first", "false ? shifts.first"],
  ["anchored", "isPrinted ? withPlainMarks(line) : line", "line"],
  ["place", "isSloppy ? line.trimEnd() : line", "line"],
  ["place", '!(isRemoving && kind === "remove")', "false"],
  ["indent", "move === 0", "false"],
  ["indent", "(line) => more + line", "(line) => line"],
  ["file-lines", 'windows * 2 > lines.length ? "\\r\\n" : "\\n"', '"\\n"'],
  ["file-lines", 'text.startsWith("\\uFEFF")', "false"],
  ["whole-file", "telling.size >= leastTelling && shared === 0", "false"],
  ["whole-file", "before.length < shortLines", "true"],
  ["whole-file", "if (elided !== null)", "if (false)"],
  ["whole-file", 'old.at(-1)?.end === ""', "false"],
  ["elision", "known.has(bare)", "false"],
  ["elision", "plain.test(words)", "false"],
  ["elision", "leadingDots.test(comment)", "true"],
  ["elision", "withoutBareDots.test(path)", "true"],
  ["apply-edit", "length <= mostWholeFileLines", "true"],
  ["apply-edit", "!outcome.ok || outcome.text !== oldText", "true"],
  ["answer", "this.#dropReplacing(path);", ""],
  ["answer", "withoutOpenThoughts(lines)", "lines"],
  ["answer", "at - this.#above.at > 2", "true"],
  ["fence", "open.isMarkdown && opensAnother", "false && opensAnother"],
  ["fence", "inner = fence;", "inner = null;"],
  ["fence", "fence.indent <= open.indent + 3", "true"],
  ["replace-marks", "sameLength.length > 0 ? sameLength : dividers", "dividers.slice(0, 1)"],
  ["replace-marks", "isFenced(search) &&", "false &&"],
];

test("the code as it is does everything right", async () => {
  expect(await wrongCases(null)).toEqual([]);
});

for (const [file, from, to] of mutants) {
  test(`${file}: ${from} → ${to}`, async () => {
    expect(await wrongCases({ file: `${folder}${file}.ts`, from, to })).not.toEqual([]);
  });
}

/** The names of the cases that come out wrong when one place of the code reads otherwise. */
async function wrongCases(mutant: { file: string; from: string; to: string } | null): Promise<readonly string[]> {
  const { outputFiles } = await build({
    stdin: {
      contents: 'export { parseAnswer } from "./answer.ts"; export { applyEdit } from "./apply-edit.ts";',
      resolveDir: folder,
      loader: "ts",
    },
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    plugins: [
      {
        name: "mutant",
        setup({ onLoad }) {
          onLoad({ filter: /handoff[\\/]edits[\\/][\w-]+\.ts$/ }, ({ path }) => {
            const source = readFileSync(path, "utf8");
            if (path !== mutant?.file) return { contents: source, loader: "ts" };
            if (source.split(mutant.from).length !== 2) throw new Error(`"${mutant.from}" is not once in ${path}`);
            return { contents: source.replace(mutant.from, () => mutant.to), loader: "ts" };
          });
        },
      },
    ],
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  const hands = handsSchema.parse(await import(`data:text/javascript;base64,${code}`));
  return corpus.filter((one) => mistake(one, followAnswer(one, hands)) !== null).map(({ name }) => name);
}

const isFunction = (given: unknown): boolean => typeof given === "function";
const handsSchema = z.object({
  parseAnswer: z.custom<Hands["parseAnswer"]>(isFunction),
  applyEdit: z.custom<Hands["applyEdit"]>(isFunction),
});
