"""A llama-architecture transformer small enough for one core; RoPE turns interleaved pairs, as llama.cpp does for this architecture."""
import math

import torch
import torch.nn.functional as F
from torch import nn

CONTEXT = 1024


class Block(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()

        def matrix(rows, columns, scale=1.0):
            return nn.Parameter(torch.randn(rows, columns) * scale / math.sqrt(columns))

        self.attn_norm, self.ffn_norm = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))
        self.attn_q, self.attn_k, self.attn_v = matrix(width, width), matrix(width, width), matrix(width, width)
        self.attn_output = matrix(width, width, 0.3)
        self.ffn_gate, self.ffn_up = matrix(hidden, width), matrix(hidden, width)
        self.ffn_down = matrix(width, hidden, 0.3)


def product(x, matrix):
    """x times the matrix's transpose in bfloat16, which recent cores multiply ten times as fast."""
    return (x.bfloat16() @ matrix.bfloat16().T).float()


def normed(x, weight):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5) * weight


class Model(nn.Module):
    def __init__(self, vocabulary, width=128, layers=4, heads=4, hidden=384):
        super().__init__()
        self.shape = {"vocabulary": vocabulary, "width": width, "layers": layers, "heads": heads, "hidden": hidden}
        self.heads, self.head_width = heads, width // heads
        self.token_embd = nn.Parameter(torch.randn(vocabulary, width) * 0.05)
        self.output_norm = nn.Parameter(torch.ones(width))
        self.blk = nn.ModuleList(Block(width, hidden) for _ in range(layers))
        frequencies = 1 / 10000 ** (torch.arange(0, self.head_width, 2).float() / self.head_width)
        angles = torch.arange(CONTEXT).float()[:, None] * frequencies
        self.cos, self.sin = angles.cos(), angles.sin()
        self.mask = torch.full((CONTEXT, CONTEXT), -1e9).triu(1)

    def rotate(self, x, length):
        pairs = x.view(*x.shape[:-1], self.head_width // 2, 2)
        a, b = pairs[..., 0], pairs[..., 1]
        cos, sin = self.cos[None, :length, None], self.sin[None, :length, None]
        return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).view(x.shape)

    def forward(self, ids, selected):
        """Logits at the flat positions `selected`."""
        batch, length = ids.shape
        split = (batch, length, self.heads, self.head_width)
        x = F.embedding(ids, self.token_embd)
        for block in self.blk:
            h = normed(x, block.attn_norm).bfloat16()
            q = self.rotate(product(h, block.attn_q).view(split), length).transpose(1, 2)
            k = self.rotate(product(h, block.attn_k).view(split), length).transpose(1, 2)
            v = product(h, block.attn_v).view(split).transpose(1, 2)
            scores = (q.bfloat16() @ k.bfloat16().transpose(-1, -2)).float() * self.head_width**-0.5
            weights = (scores + self.mask[:length, :length]).softmax(-1)
            mixed = (weights.bfloat16() @ v.bfloat16()).transpose(1, 2).reshape(batch, length, -1)
            x = x + product(mixed, block.attn_output)
            h = normed(x, block.ffn_norm).bfloat16()
            x = x + product(F.silu(product(h, block.ffn_gate)) * product(h, block.ffn_up), block.ffn_down)
        return normed(x.reshape(batch * length, -1)[selected], self.output_norm) @ self.token_embd.T
