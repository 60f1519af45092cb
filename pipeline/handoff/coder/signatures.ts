/** Lines that tell what a file offers: the heads of its functions, classes and types, or its headings. In the file's order. */
export function signatures(path: string, text: string): readonly string[] {
  const pattern = patternOf(path);
  if (pattern === undefined) return [];
  const found: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.length > longestLine || !pattern.test(line)) continue;
    found.push(shortened(line));
    if (found.length === mostFound) break;
  }
  return found;
}

/** Whether signatures can be found in such a file at all. */
export function hasSignatures(path: string): boolean {
  return patternOf(path) !== undefined;
}

const mostFound = 60;
const longestLine = 400;
const longestShown = 100;

const script =
  /^(?:export\s+(?:default\s+)?)?(?:declare\s+)?(?:(?:async\s+)?function\b|(?:abstract\s+)?class\s|interface\s|type\s+\w+.*=|enum\s|const\s+\w+\s*(?::[^=]+)?=\s*(?:async\s*)?(?:function\b|\([^)]*\)[^=]*=>|\w+\s*=>))|^export\s+(?:const|let|default)\b|^module\.exports\b/;
const python = /^(?:\s{0,8})(?:async\s+def|def|class)\s+\w/;
const go = /^(?:func\s|type\s+\w+\s)/;
const rust =
  /^\s{0,4}(?:pub(?:\([^)]*\))?\s+)?(?:async\s+|const\s+|unsafe\s+)*(?:fn|struct|enum|trait|mod|type|union)\s+\w|^impl\b|^macro_rules!/;
const java =
  /^\s{0,4}(?:(?:public|protected|private|static|final|abstract|sealed|override|open|data|internal)\s+)*(?:class|interface|enum|record|fun|object)\s+\w|^\s{2,4}(?:(?:public|protected|static|final|abstract|virtual|override|async)\s+)+[\w<>[\],. ?]+\s+\w+\s*\(/;
const clang =
  /^(?:class|struct|enum|union|typedef|namespace|template)\b|^[A-Za-z_][\w:<>,*&\s]*\s[*&]?[\w:~]+\s*\([^;]*$/;
const shell = /^(?:function\s+[\w-]+|[\w-]+\s*\(\)\s*)/;
const ruby = /^\s{0,4}(?:def|class|module)\s/;
const headings = /^#{1,3}\s+\S/;

const patterns: Readonly<Record<string, RegExp>> = {
  ...each("ts tsx mts cts js jsx mjs cjs vue svelte", script),
  ...each("py pyi", python),
  go,
  rs: rust,
  ...each("java kt kts cs scala swift", java),
  ...each("c h cc cpp hpp cxx", clang),
  ...each("sh bash zsh", shell),
  rb: ruby,
  ...each("md markdown", headings),
};

function patternOf(path: string): RegExp | undefined {
  return patterns[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ""];
}

function each(endings: string, pattern: RegExp): Record<string, RegExp> {
  return Object.fromEntries(endings.split(" ").map((ending) => [ending, pattern]));
}

/** Without what follows only in the body. */
function shortened(line: string): string {
  const head = line.trimEnd().replace(/\s*(?:\{|=>\s*\{?)$/, "");
  return head.length > longestShown ? `${head.slice(0, longestShown - 1)}…` : head;
}
