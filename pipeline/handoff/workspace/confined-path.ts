import { RefusedPath } from "../file-gate.ts";

const longestNameBytes = 255;
const longestPathBytes = 1_024;
const deepest = 50;

// Marks that turn the reading direction, join letters or show nothing: a name with them is read as another one.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

/**
 * The names on the way from `root` to a file, outermost first. Decides by the words alone; what lies there is checked
 * by `HeldFolder`, which never follows a link.
 * @param root absolute real path
 * @param wanted absolute, or relative to `root`
 * @throws RefusedPath
 */
export function confinedNames(root: string, wanted: string): readonly string[] {
  const refuse: (why: string) => never = (why) => {
    throw new RefusedPath(shown(wanted), `"${shown(wanted)}" ${why}`);
  };
  if (wanted === "") refuse("is no path. Name a file, relative to the workspace.");
  if (unseen.test(wanted)) refuse("holds characters that cannot be seen. Name the file without them.");
  if (wanted.includes("\\") || /^[a-z]:/i.test(wanted))
    refuse('is not written with "/" between folders. Name it relative to the workspace.');
  if (Buffer.byteLength(wanted) > longestPathBytes + Buffer.byteLength(root))
    refuse("is too long. Use a shorter path.");
  const names = relative(root, wanted)
    ?.split("/")
    .filter((name) => name !== "" && name !== ".");
  if (names === undefined) return refuse("is outside of the workspace. Name a file inside of it.");
  if (names.length === 0) refuse("is the workspace itself. Name a file in it.");
  for (const name of names) {
    if (name === "..") refuse('leads out of a folder. Name the file relative to the workspace, without "..".');
    if (/[. ]$/.test(name) || name.startsWith(" "))
      refuse("has a name that begins or ends in a space or ends in a dot. Leave that off.");
    if (Buffer.byteLength(name) > longestNameBytes) refuse("has a name that is too long. Use a shorter one.");
  }
  if (names.length > deepest) refuse("lies too deep. Use fewer folders.");
  if (names.reduce((sum, name) => sum + Buffer.byteLength(name) + 1, 0) > longestPathBytes)
    refuse("is too long. Use a shorter path.");
  return names;
}

function relative(root: string, wanted: string): string | undefined {
  if (!wanted.startsWith("/")) return /^~(\/|$)/.test(wanted) ? undefined : wanted;
  // "//server/share" is a place on the network elsewhere.
  if (wanted.startsWith("//")) return undefined;
  const inside = root.endsWith("/") ? root : `${root}/`;
  return wanted.startsWith(inside) ? wanted.slice(inside.length) : undefined;
}

/** A path as it may be printed: nothing in it that a terminal acts on, and not endless. */
function shown(path: string): string {
  const visible = path.replace(new RegExp(unseen, "gu"), "\u{fffd}");
  return visible.length > 200 ? `${visible.slice(0, 200)}…` : visible;
}
