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

export interface ServiceSettings {
  readonly server?: Partial<Config["server"]>;
  readonly voice?: Partial<Config["voice"]>;
  readonly director?: Partial<Config["director"]>;
  readonly coder?: Partial<Config["coder"]>;
  /** Folders that the coder may work in. */
  readonly workspace?: readonly string[];
  readonly routing?: Partial<Config["routing"]>;
  readonly models?: Partial<Config["models"]>;
  readonly memory?: { readonly reserveBytes?: number | string; readonly slotBytes?: number | string };
  /** What an earlier service has left is used; a new folder, which goes with the service, when left out. */
  readonly home?: string;
}

export async function startService(settings: ServiceSettings = {}): Promise<TestService> {
  const { home = await mkdtemp(join(tmpdir(), "sotto-test-")), server, ...others } = settings;
  const logs: string[] = [];
  const config = configSchema.parse({
    ...Object.fromEntries([...configSections].map((section) => [section, {}])),
    // Whatever runs on this machine beside us is none of a test's business.
    models: { servers: [] },
    ...others,
    home,
    server: { port: 0, ...server },
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
      if (settings.home === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}
