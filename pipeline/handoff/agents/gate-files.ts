import { type ClientApp, methods, RequestError } from "@agentclientprotocol/sdk";
import { z } from "zod";
import { type FileGate, RefusedPath } from "../file-gate.ts";

const readSchema = z.object({
  sessionId: z.string(),
  path: z.string(),
  line: z.number().int().min(1).nullish().catch(null),
  limit: z.number().int().min(0).nullish().catch(null),
});
const writeSchema = z.object({ sessionId: z.string(), path: z.string(), content: z.string() });

/** Runs what an agent asked for in a session; refuses when there is no such session, or it is over. */
export type ServeRequest = <T>(sessionId: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Serves `fs/*`: everything goes through the gate, and what it refuses is told to the agent in the gate's own words. */
export function serveFiles(app: ClientApp, gate: FileGate, serve: ServeRequest): ClientApp {
  return app
    .onRequest(methods.client.fs.readTextFile, readSchema, ({ params: { sessionId, path, line, limit } }) =>
      serve(sessionId, async () => {
        const whole = (line ?? null) === null && (limit ?? null) === null;
        const range = { fromLine: line ?? 1, lines: limit ?? Number.MAX_SAFE_INTEGER };
        return { content: await refusing(whole ? gate.read(path) : gate.read(path, range)) };
      }),
    )
    .onRequest(methods.client.fs.writeTextFile, writeSchema, ({ params: { sessionId, path, content } }) =>
      serve(sessionId, async () => {
        await refusing(gate.write(path, content));
        return {};
      }),
    );
}

async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RefusedPath) throw new RequestError(-32_602, error.message, { path: error.path });
    throw error;
  }
}
