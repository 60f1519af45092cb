/** Why a file could not be read or written, in words that go after "Cannot read a.wav: ". */
export function fileFault(error: unknown, doing: "read" | "write"): string {
  if (!(error instanceof Error)) return String(error);
  if (!("code" in error)) return error.message;
  switch (error.code) {
    case "ENOENT":
      return doing === "read" ? "there is no such file" : "its folder is not there";
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `it may not be ${doing === "read" ? "read" : "written"}`;
    case "ENOSPC":
      return "no space is left on the device";
    default:
      return error.message;
  }
}
