/**
 * The things a conversation is made of, as we keep and send them. No key is optional that a client reads: a stock
 * client throws on a user's audio without `transcript`, and drops an event with a null id, role or name.
 */
export type McpError =
  | { readonly type: "protocol_error" | "http_error"; readonly code: number; readonly message: string }
  | { readonly type: "tool_execution_error"; readonly message: string };

export type ItemStatus = "completed" | "incomplete" | "in_progress";
interface Numbered {
  readonly id: string;
  readonly object: "realtime.item";
}
interface Stated extends Numbered {
  readonly status: ItemStatus;
}

export interface InputText {
  readonly type: "input_text";
  readonly text: string;
}
export interface InputAudio {
  readonly type: "input_audio";
  /** Null until the recogniser has spoken; never absent. */
  readonly transcript: string | null;
  readonly audio?: string;
}
export interface OutputText {
  readonly type: "output_text";
  readonly text: string;
}
export interface OutputAudio {
  readonly type: "output_audio";
  readonly transcript: string;
  readonly audio?: string;
}

export interface SystemMessage extends Stated {
  readonly type: "message";
  readonly role: "system";
  readonly content: readonly InputText[];
}
export interface UserMessage extends Stated {
  readonly type: "message";
  readonly role: "user";
  readonly content: readonly (InputText | InputAudio)[];
}
export interface AssistantMessage extends Stated {
  readonly type: "message";
  readonly role: "assistant";
  readonly content: readonly (OutputText | OutputAudio)[];
}
export interface FunctionCall extends Stated {
  readonly type: "function_call";
  readonly name: string;
  readonly call_id: string;
  readonly arguments: string;
}
export interface FunctionCallOutput extends Stated {
  readonly type: "function_call_output";
  readonly call_id: string;
  readonly output: string;
}
export interface McpListTools extends Numbered {
  readonly type: "mcp_list_tools";
  readonly server_label: string;
  readonly tools: readonly {
    readonly name: string;
    readonly description: string;
    readonly input_schema: Readonly<Record<string, unknown>>;
  }[];
}
export interface McpCall extends Numbered {
  readonly type: "mcp_call";
  readonly server_label: string;
  readonly name: string;
  readonly arguments: string;
  readonly output: string | null;
  readonly error: McpError | null;
  readonly approval_request_id: string | null;
}
export interface McpApprovalRequest extends Numbered {
  readonly type: "mcp_approval_request";
  readonly server_label: string;
  readonly name: string;
  readonly arguments: string;
}
export interface McpApprovalResponse extends Numbered {
  readonly type: "mcp_approval_response";
  readonly approval_request_id: string;
  readonly approve: boolean;
  readonly reason?: string;
}

export type MessageItem = SystemMessage | UserMessage | AssistantMessage;
/** An item as we keep and send it. */
export type Item =
  | MessageItem
  | FunctionCall
  | FunctionCallOutput
  | McpListTools
  | McpCall
  | McpApprovalRequest
  | McpApprovalResponse;
