/** A path as a model writes it: in backticks, in bold, as a link, with "(new file)" behind it. */
export function cleanPath(written: string): string {
  return written
    .trim()
    .replace(/^\[([^\]]+)\]\([^)]*\)/, "$1")
    .replace(/\s+\((?:new|updated|modified|changed|created|existing|edited)\b[^)]*\)\W*$/i, "")
    .replace(/^(?:\*+|`+|["'“‘<])+/, "")
    .replace(/(?:\*+|`+|["'”’>:,;])+$/, "")
    .trim()
    .replace(/^(?:\.\/)+/, "");
}

/** Whether a word is so clearly a file's path that nobody has to say so. */
export function isClearPath(text: string): boolean {
  if (text.length > 200 || text.includes("://") || /[\s`*"'<>|{}()=;,!?\\]/.test(text)) return false;
  const name = text.slice(text.lastIndexOf("/") + 1);
  return (/[^.]\.[A-Za-z][A-Za-z0-9]{0,9}$/.test(name) && !headings.test(text)) || namesWithoutEnding.test(name);
}

/** The path in a line that holds nothing else, such as "**src/app.py**:", "### `app.py`" or "File: app.py"; or null. */
export function pathAlone(line: string): string | null {
  const words = line
    .trim()
    .replace(/^(?:#{1,6}|[-+*>]|\d+[.)])\s+/, "")
    .replace(/^(?:\*\*)?(?:in|file|filename|file name|path|new file|updated)\b(?:\*\*)?\s*[:：](?:\*\*)?\s*/i, "")
    .replace(/^(?:#|\/\/)\s*/, "");
  const path = cleanPath(words);
  return isClearPath(path) ? path : null;
}

/** The path in a fence's info string: "python src/app.py", "src/app.py", "python:src/app.py", `js title="app.js"`; or null. */
export function pathInInfo(info: string): string | null {
  const words = info.split(/[\s{},]+/).flatMap((word) => {
    const [, behind] = /^[\w+#-]*[:=](.+)$/.exec(word) ?? [];
    return [behind ?? word];
  });
  return words.map(cleanPath).find(isClearPath) ?? null;
}

const namesWithoutEnding = /^(?:Makefile|Dockerfile|Procfile|Gemfile|Rakefile|Justfile|LICENSE|README|\.[a-z][a-z.]*)$/;
const headings = /^(?:Node|Vue|React|Next|Nuxt|Express|Three|D3)\.js$|^ASP\.NET$/;
