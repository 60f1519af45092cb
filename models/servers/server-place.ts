import { hostname, networkInterfaces } from "node:os";
import type { VllmSettings } from "./openai/vllm.ts";

/** A program that serves models. */
export interface ServerPlace {
  /** As models name it: "<name>:<model>". */
  readonly name: string;
  readonly url: string;
  /** Its models take memory of this machine; when nothing is said, the address decides. */
  readonly isHere?: boolean;
  /** What a vLLM does not tell of itself; anything else there is then refused. */
  readonly vllm?: VllmSettings;
}

/** True when the models there take memory of this machine: its address is this machine's. */
export function isHere({ url, isHere: said }: Pick<ServerPlace, "url" | "isHere">): boolean {
  if (said !== undefined) return said;
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, "") : "";
  if (host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host) || host === hostname().toLowerCase())
    return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host));
}
