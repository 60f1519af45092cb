import { cardinal, eachDigit } from "./number-words.ts";
import { spelled } from "./spelling.ts";

const topLevel = "com|org|net|io|dev|ai|app|edu|gov|co|uk|de|fr|eu|info|me|local|localhost|test|example";
const extension =
  "[cm]?tsx?|[cm]?jsx?|jsonl?|md|py|rs|go|rb|java|kt|swift|cpp|hpp|cc|[ch]|cs|html?|css|scss|ya?ml|toml|ini|cfg|conf|env|lock|txt|log|csv|tsv|xml|svg|png|jpe?g|gif|webp|pdf|zip|gz|tar|tgz|wav|mp3|mp4|ogg|opus|flac|exe|dll|so|sh|bat|ps1|sql|db|sqlite|wasm|gguf|onnx|bin|iso|vue|ipynb|lua|php|pl|diff|patch";
/** Endings that people say as a word; the others are spelled. */
const saidEndings: ReadonlySet<string> = new Set(
  "com org net dev app info local localhost test example go java swift env lock log txt gif webp zip tar wav opus exe bat bin diff patch vue conf".split(
    " ",
  ),
);
const endingWords: Readonly<Record<string, string>> = {
  json: "Jason",
  txt: "text",
  jpg: "jay peg",
  jpeg: "jay peg",
  yaml: "yammel",
  yml: "yammel",
  toml: "tommel",
  wasm: "wazzem",
  sqlite: "S Q lite",
};

/** URLs, e-mail addresses, paths, file names, flags, snake_case and camelCase, as one would read them out. */
export function namesAndAddresses(text: string): string {
  return text
    .replace(/\b(?:https?|wss?|ftp|file):\/\/[^\s<>"'`()[\]{}]+|\bwww\.[^\s<>"'`()[\]{}]+/gi, trailing(url))
    .replace(/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, trailing(email))
    .replace(/(?<![\w@.-])(?:localhost|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?(?![\w.]*\w)/g, host)
    .replace(
      new RegExp(`(?<![\\w@])(?:[a-z0-9-]+\\.)+(?:${topLevel})(?:\\/[^\\s<>"'()]*)?(?![\\w-])`, "gi"),
      trailing(url),
    )
    .replace(
      /(?<![\w/])(?:~|\.{1,2}|[A-Za-z]:)?(?:[/\\][\w.@+-]+)+[/\\]?|(?<![\w/.])[\w.@+-]+(?:\/[\w.@+-]+)+\/?/g,
      trailing(path),
    )
    .replace(new RegExp(`(?<![\\w.])\\.?[\\w-]+(?:\\.[\\w-]+)*\\.(?:${extension})(?![\\w-]|\\.\\w)`, "g"), dotted)
    .replace(/(?<![\p{L}\p{N}_.])[a-z_$][\p{L}\p{N}_$]*(?:\.[a-z_$][\p{L}\p{N}_$]*)+(?=\W|$)/gu, member)
    .replace(/(?<![\p{L}\p{N}_.)\]])\.(?=[a-z]\w+)/gu, "dot ")
    .replace(/(?<=\w)\(\s*\)/g, "")
    .replace(/\b0x([0-9a-f]+)\b/gi, (_, digits: string) => `hex ${spelled(digits)}`)
    .replace(/(?<![\w-])(--?)(?=[a-z])/gi, (_, dashes: string) => (dashes.length === 2 ? "dash dash " : "dash "))
    .replace(/[\p{L}\p{N}_$]+/gu, (word) => identifier(word));
}

/** Splits a name at its underscores and its humps: "parse_json", "parseJson", "HTMLElement". */
function identifier(name: string): string {
  return name
    .replace(/[_$]+/g, " ")
    .replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ")
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll}{2})/gu, "$1 ")
    .replace(/(\p{Ll}{2,})(?=\d)|(?<=\d)(?=\p{L}{4})/gu, "$1 ");
}

/** "e.g." and "a.m." are no members of an object; "parser.parse" is. */
function member(name: string): string {
  return name.split(".").some((part) => part.length < 2) ? name : name.split(".").join(" dot ");
}

/** A sentence's punctuation behind an address is not part of it. */
function trailing(read: (text: string) => string): (text: string) => string {
  return (text) => {
    const end = /[.,;:!?]*$/.exec(text)?.[0] ?? "";
    return `${read(text.slice(0, text.length - end.length))}${end}`;
  };
}

/** The host and the first two steps of the path; nobody wants to hear the rest. */
function url(address: string): string {
  const bare = address
    .replace(/^[a-z]+:\/\//i, "")
    .replace(/^www\./i, "")
    .replace(/[?#].*$/, "");
  const [server = "", ...steps] = bare.split("/").filter((step) => step !== "");
  const read = steps.slice(0, 2).map((step) => `slash ${words(dotted(step))}`);
  return [host(server.replace(/^.*@/, "")), ...read, steps.length > 2 ? "and so on" : ""]
    .filter((part) => part !== "")
    .join(" ");
}

function host(server: string): string {
  const [name = "", port] = server.split(":");
  const address = /^[\d.]+$/.test(name) ? name.split(".").map(cardinal).join(" dot ") : words(dotted(name));
  return port === undefined || !/^\d+$/.test(port) ? address : `${address} port ${eachDigit(port)}`;
}

function email(address: string): string {
  const [user = "", server = ""] = address.split("@");
  return `${words(dotted(user))} at ${host(server)}`;
}

function path(text: string): string {
  if (/^and\/or$/i.test(text)) return "and or";
  if (/^\d+\/\d+$/.test(text)) return text;
  if (/^[nN]\/[aA]$/.test(text)) return "not applicable";
  if (/^w\/o?$/.test(text)) return text;
  const steps = text.split(/[/\\]+/);
  const first = steps[0] ?? "";
  const read = steps.map((step) =>
    step === "" || /^\.+$/.test(step) ? "" : step === "~" ? "home" : words(dotted(step)),
  );
  const joined = read.filter((step) => step !== "").join(" slash ");
  return first === "" && read.length > 1 ? `slash ${joined}` : joined;
}

/** "parser.test.ts" → "parser dot test dot T S". */
function dotted(name: string): string {
  const parts = name.split(".");
  return parts
    .map((part, i) => (i > 0 && i === parts.length - 1 ? ending(part) : part))
    .filter((part) => part !== "")
    .join(" dot ")
    .replace(/^(?=.)/, name.startsWith(".") ? "dot " : "");
}

function ending(part: string): string {
  const known = endingWords[part.toLowerCase()];
  if (known !== undefined) return known;
  return saidEndings.has(part.toLowerCase()) || part.length > 4 ? part : spelled(part);
}

function words(text: string): string {
  return identifier(text).replace(/[-+~%=&@]+/g, " ");
}
