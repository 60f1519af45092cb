import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { type FakeCall, FakeHttp } from "./fake-openai-chat.ts";

/** One answer of the model: words, or the use of a tool. */
export type ModelTurn =
  | { readonly say: string }
  | { readonly tool: string; readonly input: Readonly<Record<string, unknown>> };

/** An OpenAI-compatible model that gives the answers of its script, one a request, and the last one ever after. */
export class ScriptedCoderModel implements AsyncDisposable {
  readonly #http: FakeHttp;
  readonly #turns: readonly ModelTurn[];
  /** What tools answered, in order. */
  readonly toolResults: string[] = [];
  #next = 0;

  constructor(turns: readonly ModelTurn[]) {
    this.#turns = turns;
    this.#http = new FakeHttp((call) => this.#answer(call));
  }

  async start(): Promise<void> {
    await this.#http.start();
  }

  get url(): string {
    return this.#http.url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http.stop();
  }

  #answer({ path, body, response, json }: FakeCall): void {
    if (!path.endsWith("/chat/completions")) return json(404, { error: { message: `There is nothing at ${path}` } });
    const last = body.messages.at(-1);
    if (last.role === "tool") this.toolResults.push(textOf(last.content));
    const index = Math.min(this.#next, this.#turns.length - 1);
    this.#next += 1;
    const turn = this.#turns[index] ?? { say: "Done." };
    const deltas =
      "say" in turn
        ? (turn.say.match(/\s*\S+/g) ?? []).map((content) => ({ role: "assistant", content }))
        : [{ role: "assistant", tool_calls: [toolCall(turn.tool, turn.input, index)] }];
    const reason = "say" in turn ? "stop" : "tool_calls";
    const usage = { prompt_tokens: 7, completion_tokens: deltas.length, total_tokens: 7 + deltas.length };
    if (body.stream !== true) {
      const message = "say" in turn ? { role: "assistant", content: turn.say } : deltas[0];
      return json(200, { ...chunk([{ index: 0, message, finish_reason: reason }]), object: "chat.completion", usage });
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (value: unknown): void => void response.write(`data: ${JSON.stringify(value)}\n\n`);
    for (const delta of deltas) send(chunk([{ index: 0, delta, finish_reason: null }]));
    send(chunk([{ index: 0, delta: {}, finish_reason: reason }]));
    send({ ...chunk([]), usage });
    response.end("data: [DONE]\n\n");
  }
}

/** A proxy that leads to one address of this machine, and remembers who else was asked for. */
export class LoopbackProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** "host:port" of everything that it would not lead to. */
  readonly refused: string[] = [];
  /** How often it led to the one address. */
  allowed = 0;

  /** @param to such as http://127.0.0.1:8080 */
  constructor(to: string) {
    const only = new URL(to).host;
    this.#server = createServer((request, response) => {
      this.refused.push(request.url ?? "");
      response.writeHead(403).end();
    });
    this.#server.on("connection", (socket: Socket) => this.#keep(socket));
    this.#server.on("connect", (request, socket: Socket, head: Buffer) => {
      if (request.url !== only) {
        this.refused.push(request.url ?? "");
        socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
        return;
      }
      this.allowed += 1;
      const onward = connect(Number(new URL(to).port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      this.#keep(onward);
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
  }
}

function chunk(choices: readonly unknown[]): Readonly<Record<string, unknown>> {
  return { id: "scripted", object: "chat.completion.chunk", created: 0, model: "scripted", choices };
}

function toolCall(name: string, input: unknown, index: number): unknown {
  return { index: 0, id: `call_${index}`, type: "function", function: { name, arguments: JSON.stringify(input) } };
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return Array.isArray(content) ? content.map((part) => String(part?.text ?? "")).join("") : "";
}
