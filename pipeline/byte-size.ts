const units: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
  TIB: 1024 ** 4,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

/** "6GB", "512 MiB", "2e9" as a number of bytes; what is no size is given back as it is, for a schema to refuse. */
export function bytesOf(size: unknown): unknown {
  if (typeof size !== "string") return size;
  const [, amount = "", unit = ""] = /^\s*(\d+(?:\.\d+)?(?:e\d+)?)\s*([a-z]*)\s*$/i.exec(size) ?? [];
  const factor = units[unit.toUpperCase()];
  return amount === "" || factor === undefined ? size : Math.round(Number(amount) * factor);
}
