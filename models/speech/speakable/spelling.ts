/** Read as words, in the spelling that sounds right. */
const saidAsWords: Readonly<Record<string, string>> = {
  JSON: "Jason",
  JSONL: "Jason L",
  YAML: "yammel",
  TOML: "tommel",
  WASM: "wazzem",
  CUDA: "kooda",
  GUI: "gooey",
  JPEG: "jay peg",
  ASCII: "askey",
  SIMD: "sim dee",
  ONNX: "onyx",
  VRAM: "vee ram",
  DRAM: "dee ram",
  OAUTH: "oh auth",
};
/** Short words that are often written in capitals for emphasis, or are said as words. */
const words: ReadonlySet<string> = new Set(
  `A I AN AND ANY ALL ARE AS AT BE BIG BUT BY CAN DO DID FOR GET GO HAD HAS HE HER HIM HIS HOW IF IN IS IT ITS LET MAY ME MY
  NEW NO NOT NOW OF OFF OH OK ON ONE OR OUR OUT SEE SHE SO TEN THE TO TOO TWO UP US USE WAS WAY WE WHO WHY YES YET YOU
  RAM ROM SIM PIN BIN LAN WAN MAC BIOS DOS GNU NASA LED RUN ADD END KEY LOG MAX MIN SUM SET TOP BAD RED WHAT WHEN WITH
  PING JAVA RUST NODE UNIX LINUX BASH ZIP GIF BOT APP WEB TAB SAY ASK FEW OWN PUT SIX ACE AIR ART EAT EYE DAY MAN OLD`
    .split(/\s+/)
    .filter((word) => word !== "US"),
);
/** Longer ones that nobody reads as a word although they have vowels. */
const spelledAnyway: ReadonlySet<string> = new Set(
  "HTTP HTTPS HTML GGUF USB CPU GPU API URL URI UUID GUID AES IEEE IETF IDE UI UX AI ID OS IO UTF EOF EOL ETA FAQ AKA FYI ASAP DIY CEO USA EU UK UAE IOS AWS SDK NPU TPU UDP OOM EXE LSP ACP MCP STT TTS VAD LLM RAG".split(
    " ",
  ),
);

/** "GPU" → "G P U", "LLMs" → "L L M's", "JSON" → "Jason", "NOT" → "not". */
export function acronyms(text: string): string {
  return text
    .replace(/(?<![\p{L}'])([A-Z]{2,})s(?![\p{L}'])/gu, (_, word: string) => {
      const said = acronym(word);
      return said.endsWith(word.at(-1) ?? "") && said.includes(" ") ? `${said}'s` : `${said}s`;
    })
    .replace(/(?<![\p{L}'])(?:[A-Z]\.){2,}(?!\p{L})/gu, (dotted, at: number, whole: string) => {
      const ends = /^\s*$|^\s+\p{Lu}/u.test(whole.slice(at + dotted.length)) ? "." : "";
      return `${spelled(dotted.replaceAll(".", ""))}${ends}`;
    })
    .replace(/(?<![\p{L}'])[A-Z]{2,}(?!\p{L})/gu, acronym)
    .replace(/(?<![\p{L}'])[b-df-hj-np-tv-xz]{2,4}(?![\p{L}'.])/gu, consonants);
}

/** "abc" → "A B C". Engines read single capitals as letters, but "a" as an article. */
export function spelled(letters: string): string {
  return [...letters.toUpperCase()].join(" ");
}

function acronym(word: string): string {
  const said = saidAsWords[word];
  if (said !== undefined) return said;
  if (words.has(word)) return word.toLowerCase().replace(/^i$/, "I");
  const vowels = /[AEIOUY]/.test(word);
  return spelledAnyway.has(word) || !vowels || word.length <= 3 ? spelled(word) : word.toLowerCase();
}

/** Small consonants in a row are an abbreviation, unless people hum them. */
function consonants(word: string): string {
  return /^(?:h+m+|p?s+t*|sh+|br+|gr+|zz+|mm+|tsk|nth|psst|pfft|hmph)$/.test(word) ? word : spelled(word);
}
