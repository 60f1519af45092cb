/** A chat template in the style of a family, shortened, and the tokens it needs. */
export interface FamilyChat {
  readonly template: string;
  /** Where the file has it; at the usual place when left out. */
  readonly key?: string;
  /** Control tokens, in the order of their ids. */
  readonly specials: readonly string[];
  readonly bos?: string;
  readonly eos: string;
  /** Ends a turn, where that is another one. */
  readonly eot?: string;
}

function lines(...parts: readonly string[]): string {
  return parts.join("\n");
}

const toolsJson = "{%- for tool in tools %}{{ tool | tojson }}\n{% endfor %}";

/** Every turn has a header; calls are bare JSON, results are JSON texts. */
const llama3: FamilyChat = {
  bos: "<|begin_of_text|>",
  eos: "<|eot_id|>",
  specials: ["<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|python_tag|>"],
  template: lines(
    "{{- bos_token }}",
    "{%- macro head(role) %}{{ '<|start_header_id|>' + role + '<|end_header_id|>\n\n' }}{% endmacro %}",
    "{{- head('system') + 'Today: ' + strftime_now('%d %b %Y') + '\n' }}",
    "{%- if messages[0].role == 'system' %}{{ messages[0].content | trim }}{% set messages = messages[1:] %}{% endif %}",
    `{%- if tools is defined %}{{ '\nAnswer with {"name": …, "parameters": …}.\n' }}${toolsJson}{% endif %}{{ '<|eot_id|>' }}`,
    "{%- for message in messages %}",
    "{%- if 'tool_calls' in message %}",
    "{%- if message.tool_calls | length != 1 %}{{ raise_exception('one call at a time') }}{% endif %}",
    "{%- set call = message.tool_calls[0].function %}",
    `{{- head('assistant') + '{"name": "' + call.name + '", "parameters": ' + (call.arguments | tojson) + '}<|eot_id|>' }}`,
    "{%- elif message.role == 'tool' %}{{ head('ipython') + (message.content | tojson) + '<|eot_id|>' }}",
    "{%- else %}{{ head(message.role) + message.content | trim + '<|eot_id|>' }}{% endif %}",
    "{%- endfor %}",
    "{%- if add_generation_prompt %}{{ head('assistant') }}{% endif %}",
  ),
};

/** Only user and model, one after the other; no system, no functions. */
const gemma: FamilyChat = {
  bos: "<bos>",
  eos: "<end_of_turn>",
  specials: ["<bos>", "<end_of_turn>", "<start_of_turn>"],
  template: lines(
    "{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}",
    "{%- for message in messages %}",
    "{%- if (message.role == 'user') != (loop.index0 is even) %}{{ raise_exception('take turns') }}{% endif %}",
    "{{- '<start_of_turn>' + ('model' if message.role == 'assistant' else message.role) + '\n' + message.content | trim + '<end_of_turn>\n' }}",
    "{%- endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}",
  ),
};

/** Thinks if it may, and keeps its last thoughts only; calls in tags. */
const qwen3: FamilyChat = {
  eos: "<|im_end|>",
  specials: ["<|endoftext|>", "<|im_end|>", "<|im_start|>", "<think>", "</think>", "<tool_call>", "</tool_call>"],
  template: lines(
    "{%- set start = 1 if messages[0].role == 'system' else 0 %}",
    "{%- if tools or start == 1 %}{{ '<|im_start|>system\n' }}",
    "{%- if start == 1 %}{{ messages[0].content }}{% endif %}",
    `{%- if tools %}{{ '\n\nTools:\n' }}${toolsJson}{% endif %}{{ '<|im_end|>\n' }}{% endif %}`,
    "{%- set ns = namespace(last=0) %}",
    "{%- for message in messages %}{% if message.role == 'user' %}{% set ns.last = loop.index0 %}{% endif %}{% endfor %}",
    "{%- for message in messages[start:] %}",
    "{%- if message.role == 'tool' %}{{ '<|im_start|>user\n<tool_response>\n' + message.content + '\n</tool_response><|im_end|>\n' }}",
    "{%- else %}{{ '<|im_start|>' + message.role + '\n' }}",
    "{%- if message.role == 'assistant' and loop.index0 + start > ns.last %}{{ '<think>\n\n</think>\n\n' }}{% endif %}",
    "{{- message.content.split('</think>')[-1] }}",
    "{%- for call in message.tool_calls or [] %}",
    `{{- '\n<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' + (call.function.arguments | tojson) + '}\n</tool_call>' }}`,
    "{%- endfor %}{{ '<|im_end|>\n' }}{% endif %}",
    "{%- endfor %}",
    "{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}",
    "{%- if enable_thinking is defined and enable_thinking is false %}{{ '<think>\n\n</think>\n\n' }}{% endif %}{% endif %}",
  ),
};

/** Like it, but thinks whether it is asked to or not. */
const thinker: FamilyChat = {
  ...qwen3,
  template: lines(
    "{%- for message in messages %}",
    "{{- '<|im_start|>' + message.role + '\n' + message.content.split('</think>')[-1] + '<|im_end|>\n' }}",
    "{%- endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n<think>\n' }}{% endif %}",
  ),
};

/** Calls in tags, but with tags for the arguments, too. */
const qwenCoder: FamilyChat = {
  ...qwen3,
  template: lines(
    `{%- if tools %}{{ '<|im_start|>system\n' }}${toolsJson}{{ '<|im_end|>\n' }}{% endif %}`,
    "{%- for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content }}",
    "{%- for call in message.tool_calls or [] %}{{ '\n<tool_call>\n<function=' + call.function.name + '>\n' }}",
    "{%- for key, value in call.function.arguments.items() %}{{ '<parameter=' + key + '>\n' + value | string + '\n</parameter>\n' }}{% endfor %}",
    "{{- '</function>\n</tool_call>' }}{% endfor %}{{ '<|im_end|>\n' }}{% endfor %}",
    "{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
  ),
};

function mistralWith(call: string): FamilyChat {
  return {
    bos: "<s>",
    eos: "</s>",
    specials: ["<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[ARGS]"],
    template: lines(
      "{{- bos_token }}{% set system = '' %}",
      "{%- if messages[0].role == 'system' %}{% set system = messages[0].content + '\n\n' %}{% set messages = messages[1:] %}{% endif %}",
      "{%- set ns = namespace(turns=0) %}",
      "{%- for message in messages %}",
      "{%- if message.role == 'tool' %}{{ '[TOOL_RESULTS]' + message.content + '[/TOOL_RESULTS]' }}",
      "{%- elif message.tool_calls is defined %}",
      "{%- if message.tool_calls[0].id | length != 9 %}{{ raise_exception('nine letters') }}{% endif %}",
      `{{- ${call} + eos_token }}`,
      "{%- else %}",
      "{%- if (message.role == 'user') != (ns.turns is even) %}{{ raise_exception('take turns') }}{% endif %}",
      "{%- set ns.turns = ns.turns + 1 %}",
      "{%- if message.role == 'user' %}",
      "{%- if tools and ns.turns == 1 %}{{ '[AVAILABLE_TOOLS]' + (tools | tojson) + '[/AVAILABLE_TOOLS]' }}{% endif %}",
      "{{- '[INST]' + (system if ns.turns == 1 else '') + message.content + '[/INST]' }}",
      "{%- else %}{{ message.content + eos_token }}{% endif %}{% endif %}",
      "{%- endfor %}",
    ),
  };
}

/** User and assistant take turns, calls stand between; ids of nine letters. */
const mistral = mistralWith(
  `'[TOOL_CALLS][{"name": "' + message.tool_calls[0].function.name + '", "arguments": ' + (message.tool_calls[0].function.arguments | tojson) + '}]'`,
);
const mistralArgs = mistralWith(
  "'[TOOL_CALLS]' + message.tool_calls[0].function.name + '[ARGS]' + (message.tool_calls[0].function.arguments | tojson)",
);

/** A tag for each role, and no functions. */
const phi: FamilyChat = {
  eos: "<|end|>",
  specials: ["<|endoftext|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"],
  template: lines(
    "{% for message in messages %}{{ '<|' + message.role + '|>\n' + message.content + '<|end|>\n' }}{% endfor %}",
    "{%- if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}",
  ),
};

/** Messages on channels: what it thinks on one, what it says on another, calls on a third. */
const harmony: FamilyChat = {
  eos: "<|return|>",
  specials: ["<|start|>", "<|return|>", "<|end|>", "<|message|>", "<|channel|>", "<|call|>", "<|constrain|>"],
  template: lines(
    "{{- '<|start|>system<|message|>Reasoning: ' + reasoning_effort + '<|end|>' }}",
    "{%- set start = 1 if messages[0].role == 'system' else 0 %}",
    "{%- if tools or start == 1 %}{{ '<|start|>developer<|message|>' + (messages[0].content if start == 1 else '') + '\n' }}",
    `{%- if tools %}${toolsJson}{% endif %}{{ '<|end|>' }}{% endif %}`,
    "{%- for message in messages[start:] %}",
    "{%- if message.role == 'user' %}{{ '<|start|>user<|message|>' + message.content + '<|end|>' }}",
    "{%- elif message.role == 'tool' %}{{ '<|start|>functions.' + message.name + ' to=assistant<|channel|>commentary<|message|>' + (message.content | tojson) + '<|end|>' }}",
    "{%- elif message.tool_calls %}{{ '<|start|>assistant to=functions.' + message.tool_calls[0].function.name + '<|channel|>commentary json<|message|>' + (message.tool_calls[0].function.arguments | tojson) + '<|call|>' }}",
    "{%- else %}{{ '<|start|>assistant<|channel|>final<|message|>' + message.content + '<|end|>' }}{% endif %}",
    "{%- endfor %}{% if add_generation_prompt %}{{ '<|start|>assistant' }}{% endif %}",
  ),
};

export const families = { llama3, gemma, qwen3, thinker, qwenCoder, mistral, mistralArgs, phi, harmony } as const;
