import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadToken } from "../../pipeline/access-token.ts";
import { type Config, configSchema, configSections } from "../../pipeline/config-schema.ts";
import { type Service, startSotto } from "../../pipeline/main.ts";

/** The whole service with its real engines, on a free port of this machine, with a home of its own. */
export interface TestService extends AsyncDisposable {
  readonly service: Service;
  readonly token: string;
  /** Address of the WebSocket. */
  readonly socketUrl: string;
  readonly logs: readonly string[];
}

export async function startService(
  settings: { readonly server?: Partial<Config["server"]> } = {},
): Promise<TestService> {
  const home = await mkdtemp(join(tmpdir(), "sotto-test-"));
  const logs: string[] = [];
  const config = configSchema.parse({
    ...Object.fromEntries([...configSections].map((section) => [section, {}])),
    home,
    server: { port: 0, ...settings.server },
    log: { level: "silent" },
  });
  const service = await startSotto(config, { log: (line) => logs.push(line) });
  return {
    service,
    token: await loadToken(home),
    socketUrl: `${service.url.replace(/^http/, "ws")}/v1/realtime`,
    logs,
    [Symbol.asyncDispose]: async () => {
      await service.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
