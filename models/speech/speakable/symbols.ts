/** Signs that are said, in the order they are tried. */
const said: readonly (readonly [sign: RegExp, words: string])[] = [
  [/(?<=\b[CFJ])#/g, " sharp"],
  [/\bC\+\+/g, "C plus plus"],
  [/(?<![\w.])\.NET\b/g, "dot net"],
  [/->|=>|→|⇒|⟶|↦/g, " to "],
  [/<-|←|⇐/g, " from "],
  [/↔|⇔/g, " both ways "],
  [/↑/g, " up "],
  [/↓/g, " down "],
  [/!==?|≠/g, " is not "],
  [/<=|≤/g, " at most "],
  [/>=|≥/g, " at least "],
  [/≈|≃|(?<![\w~])~(?=\s*\w)/g, " about "],
  [/±/g, " plus or minus "],
  [/={1,3}/g, " equals "],
  [/\+/g, " plus "],
  [/&&?/g, " and "],
  [/@/g, " at "],
  [/(?<=[\w)]\s)<(?=\s*[\w(])|(?<=^|\s)<(?=\s+\w)/g, " less than "],
  [/(?<=[\w)]\s)>(?=\s*[\w(])|(?<=\s)>(?=\s+\w)/g, " greater than "],
  [/#(?=[\p{L}])/gu, " hash "],
  [/%/g, " percent "],
  [/(?<=[\p{L}\p{N}])\s*\/\s*(?=[\p{L}\p{N}])/gu, " slash "],
  [/÷/g, " divided by "],
  [/×/g, " times "],
  [/√/g, " square root of "],
  [/∞/g, " infinity "],
  [/π/g, " pi "],
  [/µ|μ/g, " micro "],
  [/°/g, " degrees "],
  [/§/g, " section "],
  [/€/g, " euros "],
  [/£/g, " pounds "],
  [/¥/g, " yen "],
  [/\$(?=\w)/g, " dollar "],
];

/** Signs in words; those that nobody would say are left for `tidy` to drop. */
export function symbols(text: string): string {
  return said.reduce((rest, [sign, words]) => rest.replace(sign, words), text);
}
