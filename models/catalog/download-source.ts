import { catalog } from "./catalog.ts";
import type { CatalogFile, CatalogModel } from "./catalog-model.ts";

/** Where a model is fetched from. */
export type DownloadSource =
  | { readonly kind: "file"; readonly url: string; readonly fileName: string; readonly bytes?: number }
  | { readonly kind: "ollama"; readonly name: string };

/** As Hugging Face's own tools: `HF_ENDPOINT` names a mirror. */
export function hubAddress(environment: Readonly<Record<string, string | undefined>>): string {
  return (environment["HF_ENDPOINT"] || "https://huggingface.co").replace(/\/+$/, "");
}

/**
 * Reads "qwen3:8b", "qwen3:8b@Q8_0", "hf:owner/repo/file.gguf", "https://…/file.gguf" or "ollama:name".
 * @throws RangeError with what is wrong, when it is none of these.
 */
export function downloadSource(text: string, hub: string): DownloadSource {
  if (text.startsWith("ollama:")) {
    const name = text.slice("ollama:".length);
    if (/^[\w./-]+(:[\w.-]+)?$/.test(name)) return { kind: "ollama", name };
    throw new RangeError(`"${text}": expected ollama:<name>, such as ollama:qwen3:4b`);
  }
  if (text.startsWith("hf:")) {
    const [, repo, file] = /^hf:([\w.-]+\/[\w.-]+)\/([\w./-]+\.gguf)$/.exec(text) ?? [];
    if (repo !== undefined && file !== undefined) return fileAt(hubUrl(hub, repo, file));
    throw new RangeError(`"${text}": expected hf:<owner>/<repo>/<file>.gguf`);
  }
  if (/^https?:/.test(text)) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !url.pathname.endsWith(".gguf")) {
      throw new RangeError(`"${text}": expected the address of a .gguf file`);
    }
    if (url.protocol === "http:" && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)) {
      throw new RangeError(`"${text}": models are fetched over https only`);
    }
    return fileAt(text);
  }
  const known = inCatalog(text);
  if (known === undefined) {
    throw new RangeError(
      `"${text}": no such model in the catalog; give hf:<owner>/<repo>/<file>.gguf, https://…/<file>.gguf or ollama:<name> for others`,
    );
  }
  return { ...fileAt(hubUrl(hub, known.repo, known.file)), bytes: known.bytes };
}

/** Its first file, or the one with these bits. */
function inCatalog(text: string): CatalogFile | undefined {
  const [id, quantisation] = text.split("@");
  const model: CatalogModel | undefined = catalog.find((it) => it.id === id);
  if (quantisation === undefined) return model?.files[0];
  return model?.files.find((file) => file.quantisation.toLowerCase() === quantisation.toLowerCase());
}

function hubUrl(hub: string, repo: string, file: string): string {
  return `${hub}/${repo}/resolve/main/${file}`;
}

function fileAt(url: string): { readonly kind: "file"; readonly url: string; readonly fileName: string } {
  const fileName = decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
  if (!/^[\w][\w .+-]*\.gguf$/.test(fileName)) throw new RangeError(`"${url}": "${fileName}" is no name for a file`);
  return { kind: "file", url, fileName };
}
