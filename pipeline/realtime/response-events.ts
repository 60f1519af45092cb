import type { Item } from "./items.ts";

/** Where in a response something belongs. */
export interface ItemPlace {
  readonly responseId: string;
  readonly itemId: string;
  readonly outputIndex: number;
}
export interface PartPlace extends ItemPlace {
  readonly contentIndex: number;
}

/** A content part is `audio` or `text`, though the item's own content says `output_audio` or `output_text`. */
export type ContentPart =
  | { readonly type: "audio"; readonly transcript: string }
  | { readonly type: "text"; readonly text: string };

/** The events between `response.created` and `response.done`. Every `added` gets its `done`, on cancel too. */
export const responseEvent = {
  outputItemAdded: (responseId: string, outputIndex: number, item: Item) =>
    ({ type: "response.output_item.added", response_id: responseId, output_index: outputIndex, item }) as const,
  outputItemDone: (responseId: string, outputIndex: number, item: Item) =>
    ({ type: "response.output_item.done", response_id: responseId, output_index: outputIndex, item }) as const,

  contentPartAdded: (at: PartPlace, part: ContentPart) =>
    ({ type: "response.content_part.added", ...partKeys(at), part }) as const,
  contentPartDone: (at: PartPlace, part: ContentPart) =>
    ({ type: "response.content_part.done", ...partKeys(at), part }) as const,

  /** @param delta base64 in the session's output format */
  audioDelta: (at: PartPlace, delta: string) =>
    ({ type: "response.output_audio.delta", ...partKeys(at), delta }) as const,
  audioDone: (at: PartPlace) => ({ type: "response.output_audio.done", ...partKeys(at) }) as const,
  transcriptDelta: (at: PartPlace, delta: string) =>
    ({ type: "response.output_audio_transcript.delta", ...partKeys(at), delta }) as const,
  transcriptDone: (at: PartPlace, transcript: string) =>
    ({ type: "response.output_audio_transcript.done", ...partKeys(at), transcript }) as const,
  textDelta: (at: PartPlace, delta: string) =>
    ({ type: "response.output_text.delta", ...partKeys(at), delta }) as const,
  textDone: (at: PartPlace, text: string) => ({ type: "response.output_text.done", ...partKeys(at), text }) as const,

  callArgumentsDelta: (at: ItemPlace, callId: string, delta: string) =>
    ({ type: "response.function_call_arguments.delta", ...itemKeys(at), call_id: callId, delta }) as const,
  callArgumentsDone: (at: ItemPlace, callId: string, name: string, argumentsJson: string) =>
    ({
      type: "response.function_call_arguments.done",
      ...itemKeys(at),
      call_id: callId,
      name,
      arguments: argumentsJson,
    }) as const,
};

function itemKeys(at: ItemPlace) {
  return { response_id: at.responseId, item_id: at.itemId, output_index: at.outputIndex };
}

function partKeys(at: PartPlace) {
  return { ...itemKeys(at), content_index: at.contentIndex };
}
