import { basename, dirname } from "node:path";

/** What a folder is called aloud: by its name, and by the one it lies in when others have the same name. */
export function folderName(folder: string, folders: readonly string[]): string {
  const name = basename(folder);
  const isAlone = folders.every((other) => other === folder || plainName(basename(other)) !== plainName(name));
  return isAlone ? name : `${basename(dirname(folder))} ${name}`;
}

/** The folders that words name: "in the web site" means "website", and "sotto web" is not also "sotto". */
export function mentionedFolders(text: string, folders: readonly string[]): readonly string[] {
  const words = plainWords(text);
  const spoken = folders.map((folder) => ({ folder, places: placesOf(plainName(folderName(folder, folders)), words) }));
  const all = spoken.flatMap(({ places }) => places);
  const isInside = (place: Place): boolean =>
    all.some(
      (other) => other.from <= place.from && place.to <= other.to && other.to - other.from > place.to - place.from,
    );
  return spoken.flatMap(({ folder, places }) => (places.some((place) => !isInside(place)) ? [folder] : []));
}

/** From one word to before another. */
interface Place {
  readonly from: number;
  readonly to: number;
}

/** Where words make up a name when they are written as one. */
function placesOf(name: string, words: readonly string[]): readonly Place[] {
  const places: Place[] = [];
  for (const from of words.keys()) {
    let joined = "";
    for (let to = from + 1; to <= words.length && joined.length < name.length; to += 1) {
      joined += words[to - 1] ?? "";
      if (joined === name) places.push({ from, to });
    }
  }
  return places;
}

function plainWords(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

function plainName(name: string): string {
  return plainWords(name).join("");
}
