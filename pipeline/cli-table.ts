/** Columns of text, each as wide as its widest cell; numbers look better on the right. */
export function columns(
  rows: readonly (readonly string[])[],
  options: {
    readonly right?: readonly number[];
    /** Colours a cell that has its width already. */
    readonly paint?: (cell: string, row: number, column: number) => string;
  } = {},
): string {
  const { right = [], paint = (cell) => cell } = options;
  const widths = rows.reduce<readonly number[]>(
    (widest, row) =>
      Array.from({ length: Math.max(widest.length, row.length) }, (_, at) =>
        Math.max(widest[at] ?? 0, row[at]?.length ?? 0),
      ),
    [],
  );
  const line = (row: readonly string[], index: number): string =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        const isLast = at === row.length - 1;
        const padded = right.includes(at) ? cell.padStart(width) : isLast ? cell : cell.padEnd(width);
        return paint(padded, index, at);
      })
      .join("  ");
  return rows.map((row, index) => `${line(row, index)}\n`).join("");
}

export function gigabytes(bytes: number): string {
  return bytes < 1e8 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
