import { readFileSync } from "node:fs";
import { type TalkCommandOptions, TalkFailure } from "./talk-options.ts";

/** Address and token of the service, from whatever the person gave: the link that it printed will do. */
export function serviceAddress(
  options: Pick<TalkCommandOptions, "url" | "token" | "tokenFile">,
  env: Readonly<Record<string, string | undefined>>,
): { readonly url: string; readonly token: string | null } {
  const url = parsed(options.url);
  const inLink = url.searchParams.get("token");
  url.searchParams.delete("token");
  url.hash = "";
  url.protocol = url.protocol === "https:" || url.protocol === "wss:" ? "wss:" : "ws:";
  if (url.pathname === "/" || url.pathname === "") url.pathname = "/v1/realtime";
  if (!url.searchParams.has("model")) url.searchParams.set("model", "sotto");
  const token = options.token ?? inLink ?? env["SOTTO_TOKEN"] ?? tokenInFile(options.tokenFile);
  return { url: url.href, token: token === undefined || token === "" ? null : token };
}

function parsed(text: string): URL {
  const whole = text.includes("://") ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url && ["http:", "https:", "ws:", "wss:"].includes(url.protocol)) return url;
  throw new TalkFailure(`"${text}" is no address of a service; expected something like http://127.0.0.1:8377`);
}

function tokenInFile(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    // The service makes the file at its first start; without it there is nobody to talk to yet, and that is said later.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new TalkFailure(
      `Cannot read the token in ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
