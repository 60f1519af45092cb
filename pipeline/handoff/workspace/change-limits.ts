/** How much one job may read and change. */
export const changeLimits = {
  /** Of one file, read, written or applied. */
  fileBytes: 1_000_000,
  files: 200,
  /** Of all files that it writes together. */
  totalBytes: 20_000_000,
} as const;
