/** Codes that clients act on; they are the ones that the hosted service uses where it has one. */
export type RealtimeErrorCode =
  | "invalid_json"
  | "invalid_event"
  | "invalid_value"
  | "invalid_type"
  | "missing_required_parameter"
  | "unknown_parameter"
  | "decimal_above_max_value"
  | "decimal_below_min_value"
  | "integer_above_max_value"
  | "integer_below_min_value"
  | "string_above_max_length"
  | "string_below_min_length"
  | "array_above_max_length"
  | "array_below_min_length"
  | "unsupported_content_type"
  | "unexpected_binary_frame"
  | "cannot_update_voice"
  | "input_audio_buffer_commit_empty"
  | "input_audio_buffer_full"
  | "beta_api_shape_disabled"
  | "conversation_full"
  | "conversation_already_has_active_response"
  | "response_cancel_not_active"
  | "response_create_not_supported"
  | "item_create_invalid_previous_item_id"
  | "item_create_duplicate_item_id"
  | "item_retrieve_invalid_item_id"
  | "item_truncate_invalid_item_id"
  | "item_truncate_invalid_content_index"
  | "item_delete_invalid_item_id"
  | "item_reference_invalid_item_id"
  | "model_not_ready"
  | "rate_limit_exceeded"
  | "session_limit_reached"
  | "server_error";

/** The inner object of an `error` event. Absent fields are left out, never null. */
export interface RealtimeError {
  readonly type: "invalid_request_error" | "server_error";
  readonly code: RealtimeErrorCode;
  readonly message: string;
  /** Path of the offending field, for example `session.audio.input.turn_detection.threshold`. */
  readonly param?: string;
  /** The id that the client gave to the offending event. */
  readonly event_id?: string;
}

/** @param about.eventId undefined and absent mean the same, so that callers can pass on what they have. */
export function realtimeError(
  code: RealtimeErrorCode,
  message: string,
  about: {
    readonly param?: string | undefined;
    readonly eventId?: string | undefined;
    readonly type?: RealtimeError["type"] | undefined;
  } = {},
): RealtimeError {
  return {
    type: about.type ?? "invalid_request_error",
    code,
    message,
    ...(about.param === undefined ? {} : { param: about.param }),
    ...(about.eventId === undefined ? {} : { event_id: about.eventId }),
  };
}
