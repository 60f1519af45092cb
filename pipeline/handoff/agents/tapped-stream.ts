import { type AnyMessage, methods, type Stream } from "@agentclientprotocol/sdk";

/**
 * The stream without its `session/update` messages, which go to `onUpdate` in their order, before any later answer. The library
 * would complain on the console about every kind of update that it does not know.
 */
export function tapUpdates({ readable, writable }: Stream, onUpdate: (params: unknown) => void): Stream {
  const tap = new TransformStream<AnyMessage, AnyMessage>({
    transform: (message, controller) => {
      if ("method" in message && message.method === methods.client.session.update) onUpdate(message.params);
      else controller.enqueue(message);
    },
  });
  return { readable: readable.pipeThrough(tap), writable };
}
