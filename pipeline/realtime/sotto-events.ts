/** What a turn's first sound waited for; milliseconds, each part measured on its own. */
export interface LatencyParts {
  readonly endpoint_wait_ms: number;
  readonly stt_ms: number;
  readonly lease_ms: number;
  readonly first_token_ms: number;
  readonly first_clause_ms: number;
  readonly first_audio_ms: number;
  /** Known once the client has acknowledged a played sample. */
  readonly first_played_ms?: number;
  /** Everything that is not an engine. */
  readonly overhead_ms: number;
}

export type AssistantState = "listening" | "hearing" | "thinking" | "speaking";

/** Our own events, only for a client that offered the subprotocol `sotto.v1`: others may die of an unknown type. */
export const sottoEvent = {
  hello: (hello: { readonly version: string; readonly voiceModel: string; readonly starter: boolean }) =>
    ({
      type: "sotto.hello",
      version: hello.version,
      voice: { model: hello.voiceModel },
      starter: hello.starter,
    }) as const,
  state: (state: AssistantState) => ({ type: "sotto.state", state }) as const,
  latency: (turn: number, parts: LatencyParts) => ({ type: "sotto.latency", turn, parts }) as const,
  /** Says what the binary frames of `stream` belong to; `rate` is in samples a second. */
  audioStarted: (started: {
    readonly stream: number;
    readonly responseId: string;
    readonly itemId: string;
    readonly contentIndex: number;
    readonly rate: number;
  }) =>
    ({
      type: "sotto.audio.started",
      stream: started.stream,
      response_id: started.responseId,
      item_id: started.itemId,
      content_index: started.contentIndex,
      rate: started.rate,
    }) as const,
};
