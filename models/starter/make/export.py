"""Writes a trained model as GGUF, matrices in Q8_0 and norms in F32."""
import argparse
import struct

import numpy as np
import torch
from model import CONTEXT
from tokenizer import SPECIAL, Tokenizer

parser = argparse.ArgumentParser()
parser.add_argument("weights")
parser.add_argument("tokenizer")
parser.add_argument("out")
parser.add_argument("--role", default="voice")
args = parser.parse_args()

saved = torch.load(args.weights)
shape, weights = saved["shape"], {name: tensor.numpy().astype("<f4") for name, tensor in saved["weights"].items()}
tokenizer = Tokenizer(args.tokenizer)
assert len(tokenizer.tokens) == shape["vocabulary"]

UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
F32, Q8_0 = 0, 8


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def number(value):
    return (UINT32, struct.pack("<I", value))


def flag(value):
    return (BOOL, struct.pack("<?", value))


def string(value):
    return (STRING, text(value))


def strings(values):
    return (ARRAY, struct.pack("<IQ", STRING, len(values)) + b"".join(map(text, values)))


def kind(token):
    """Control tokens never show in text; the call's tags do (user-defined)."""
    return 4 if token in ("<tool_call>", "</tool_call>") else 3 if token in SPECIAL else 1


CHAT_TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
kinds = np.array([kind(token) for token in tokenizer.tokens], "<i4").tobytes()
end, bos = tokenizer.id["<|im_end|>"], tokenizer.id["<|endoftext|>"]
metadata = {
    "general.architecture": string("llama"),
    "general.name": string(f"Sotto starter {args.role}"),
    "general.license": string("mit"),
    "general.file_type": number(7),
    "general.quantization_version": number(2),
    "llama.context_length": number(CONTEXT),
    "llama.embedding_length": number(shape["width"]),
    "llama.block_count": number(shape["layers"]),
    "llama.feed_forward_length": number(shape["hidden"]),
    "llama.attention.head_count": number(shape["heads"]),
    "llama.attention.head_count_kv": number(shape["heads"]),
    "llama.attention.layer_norm_rms_epsilon": (FLOAT32, struct.pack("<f", 1e-5)),
    "llama.rope.dimension_count": number(shape["width"] // shape["heads"]),
    "llama.rope.freq_base": (FLOAT32, struct.pack("<f", 10000.0)),
    "llama.vocab_size": number(shape["vocabulary"]),
    "tokenizer.ggml.model": string("gpt2"),
    "tokenizer.ggml.pre": string("qwen2"),
    "tokenizer.ggml.tokens": strings(tokenizer.tokens),
    "tokenizer.ggml.token_type": (ARRAY, struct.pack("<IQ", INT32, len(tokenizer.tokens)) + kinds),
    "tokenizer.ggml.merges": strings([" ".join(pair) for pair in tokenizer.merges]),
    "tokenizer.ggml.eos_token_id": number(end),
    "tokenizer.ggml.eot_token_id": number(end),
    "tokenizer.ggml.bos_token_id": number(bos),
    "tokenizer.ggml.padding_token_id": number(bos),
    "tokenizer.ggml.add_bos_token": flag(False),
    "tokenizer.ggml.add_eos_token": flag(False),
    "tokenizer.ggml.add_space_prefix": flag(False),
    "tokenizer.chat_template": string(CHAT_TEMPLATE),
}


def packed(tensor):
    """The tensor's type and bytes; Q8_0 is blocks of 32 with one half-precision scale each."""
    if tensor.ndim == 1:
        return F32, tensor.tobytes()
    rows = tensor.reshape(-1, 32)
    scale = np.abs(rows).max(1) / 127
    blocks = np.empty(len(rows), dtype=[("scale", "<f2"), ("values", "i1", 32)])
    blocks["scale"] = scale
    blocks["values"] = np.round(rows / np.where(scale == 0, 1, scale)[:, None])
    return Q8_0, blocks.tobytes()


# The output matrix is the embedding: llama.cpp ties them when output.weight is absent.
infos, data = b"", b""
for name, tensor in weights.items():
    code, content = packed(tensor)
    full_name = name if name.endswith(".weight") else f"{name}.weight"
    infos += text(full_name) + struct.pack("<I", tensor.ndim) + b"".join(struct.pack("<Q", size) for size in tensor.shape[::-1])
    infos += struct.pack("<IQ", code, len(data))
    data += content + b"\0" * (-len(content) % 32)
header = b"GGUF" + struct.pack("<IQQ", 3, len(weights), len(metadata))
header += b"".join(text(key) + struct.pack("<I", code) + value for key, (code, value) in metadata.items()) + infos
with open(args.out, "wb") as file:
    file.write(header + b"\0" * (-len(header) % 32) + data)
