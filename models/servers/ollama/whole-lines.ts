import { z } from "zod";
import { BrokenStream, Refusal } from "./refusal.ts";

const anyLine = z.object({ error: z.string().optional(), done: z.boolean().optional(), status: z.string().optional() });

/**
 * An NDJSON answer as a stream that fails when a line is no JSON or cut off, when it tells of an error, and when it ends before it was
 * done. The `ollama` package writes broken lines to the console and goes on as if they had not been there.
 */
export function wholeLines(response: Response): Response {
  if (response.body === null) return response;
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = "";
  let done = false;
  const checked = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          if (line.trim() === "") continue;
          const { error, ...said } = parsed(line);
          if (error !== undefined) throw new Refusal(response.status, error);
          done ||= said.done === true || said.status === "success";
          controller.enqueue(encoder.encode(`${line}\n`));
        }
      },
      flush() {
        if (rest.trim() !== "") throw new BrokenStream("the last line is cut off");
        if (!done) throw new BrokenStream("it ended before it was done");
      },
    }),
  );
  return new Response(checked, { status: response.status, headers: response.headers });
}

function parsed(line: string): z.infer<typeof anyLine> {
  try {
    return anyLine.parse(JSON.parse(line));
  } catch (error) {
    throw new BrokenStream(`it sent "${line.slice(0, 80)}", which is no answer`, { cause: error });
  }
}
