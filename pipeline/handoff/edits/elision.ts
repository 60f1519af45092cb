/** The first line by which a model leaves out what it should have written, such as "# rest of the code unchanged"; or null. */
export function elidedLine(path: string, text: readonly string[], old: readonly string[]): string | null {
  const known = new Set(old.map((line) => line.trim()));
  const isProse = /\.(?:md|mdx|markdown|txt|rst|adoc)$/i.test(path);
  const isElided = (line: string): boolean => {
    const bare = line.trim();
    if (bare === "" || bare.length > 120 || known.has(bare)) return false;
    if (inBrackets.test(bare) || (onlyDots.test(bare) && withoutBareDots.test(path))) return true;
    const comment = commentOf(bare);
    if (comment === null) return false;
    if (onlyDots.test(comment)) return !isProse;
    const words = comment.replace(/^\W+|[\W_]+$/g, "");
    return leadingDots.test(comment)
      ? dotted.test(words) && words.split(/\s+/).length <= 9
      : !isProse && plain.test(words);
  };
  return text.find(isElided)?.trim() ?? null;
}

/** What a comment says when the line holds nothing else; null for a line of code. */
function commentOf(line: string): string | null {
  const [, words] = /^(?:\{?\/\*+|<!--+|\/\/+|#+|--+|;+|%+)\s*(.*?)\s*(?:\*+\/\}?|--+>)?$/.exec(line) ?? [];
  // Behind a statement only a comment that begins with dots is one of these.
  return words ?? /^[^*].*\s(?:\/\/|#)\s*((?:\.{3}|…)\s*\w.*)$/.exec(line)?.[1] ?? null;
}

const onlyDots = /^\[?(?:\.{3,}|…)+\]?$/;
const leadingDots = /^\W*(?:\.{3}|…)/;
/** Where a line of three dots is no program: in Python it is one. */
const withoutBareDots =
  /\.(?:[cm]?[jt]sx?|java|go|rs|c|h|cc|cpp|hpp|cs|php|swift|kt|scala|css|scss|less|sh|rb|vue|svelte)$/i;

const things =
  "(?:code|file|function|class|method|implementation|logic|import|program|script|module|test|body|content|line|definition|style|rule|config(?:uration)?|field|propert(?:y|ie)|case|route|handler|component|query|html|jsx|markup|template)s?";
const kept =
  "(?:unchanged|omitted(?: for brevity)?|(?:(?:remains?|stays?|is|are) )?(?:exactly )?(?:unchanged|the same|as is|as before|as it (?:is|was)|as they (?:are|were)|same as before)|(?:goes|go|continues?) here|here)";
/** Behind three dots a few words are enough. */
const dotted = new RegExp(
  `^(?:and so on|etc|same|more)$|\\b(?:rest|remaining|remainder|existing|previous|other|original|unchanged|same as|as before|omitted|truncated|continues|more ${things})\\b|\\b${things} ${kept}$`,
  "i",
);
/** Without them it must be a sentence that nobody writes into a program. */
const plain = new RegExp(
  [
    `^(?:all |and |keep )?(?:the )?(?:rest|remainder) of (?:(?:the|your|this|my|its) )?(?:\\w+ )?${things}(?: (?:below|above))?(?: ${kept})?$`,
    `^(?:all |keep )?(?:the |your )?(?:existing|previous|remaining|other|original) (?:\\w+ )?${things} ${kept}$`,
    `^(?:your |the )?existing ${things}$`,
    "^(?:no changes?(?: needed)?(?: here| below| above)?|unchanged(?: code)?|same as (?:before|above)|(?:code )?omitted for brevity)$",
    `^(?:the |keep |keep the )?rest (?:of (?:the|your|this|my|its) \\w+ )?${kept}$`,
    "^no changes? to (?:the )?(?:rest|remaining|remainder)\\b.*$|^(?:the )?(?:code|rest) continues(?: as before| here| unchanged)?$",
  ].join("|"),
  "i",
);
const inBrackets = new RegExp(
  `^[[(<{]\\s*(?:\\.{3}|…)?\\s*(?:the )?(?:rest of|remaining|existing|unchanged|previous) (?:the |your )?(?:\\w+ )?${things}\\b.{0,40}[\\])>}]$`,
  "i",
);
