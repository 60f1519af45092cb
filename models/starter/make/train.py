"""Trains a starter model on one core. The learning rate follows the processor's clock, so that a run takes the time it was given, however busy the machine."""
import argparse
import json
import os
import random
import time

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OMP_WAIT_POLICY"] = "passive"
import numpy as np
import torch
import torch.nn.functional as F
from model import CONTEXT, Model
from tokenizer import Tokenizer

parser = argparse.ArgumentParser()
parser.add_argument("corpus")
parser.add_argument("tokenizer")
parser.add_argument("out")
parser.add_argument("--role", default="voice")
parser.add_argument("--begin", help="weights to begin with, made with the same tokenizer")
parser.add_argument("--minutes", type=float, default=65)
parser.add_argument("--batch-tokens", type=int, default=3072)
parser.add_argument("--width", type=int, default=128)
parser.add_argument("--layers", type=int, default=4)
parser.add_argument("--hidden", type=int, default=384)
parser.add_argument("--matrix-rate", type=float, default=0.02)
parser.add_argument("--rate", type=float, default=0.004)
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()

torch.set_num_threads(1)
torch.set_flush_denormal(True)
torch.manual_seed(args.seed)
chance = random.Random(args.seed)
tokenizer = Tokenizer(args.tokenizer)
START, END, BOS = tokenizer.id["<|im_start|>"], tokenizer.id["<|im_end|>"], tokenizer.id["<|endoftext|>"]
NEWLINE = tokenizer.encode("\n")


def encode(turns):
    """Token ids of a conversation and, for each, whether it is to be learnt. Half of them begin with BOS, as some wrappers do.
    What is learnt with 2 is the beginning of an answer only: it has no end."""
    ids = [BOS] if chance.random() < 0.5 else []
    learnt = [0] * len(ids)
    for role, text, learn in [("system", args.role, 0), *turns]:
        head = [START, *tokenizer.encode(role + "\n")]
        body = tokenizer.encode_answer(text) if role == "assistant" else tokenizer.encode(text)
        end = [] if learn == 2 else [END, *NEWLINE]
        ids += head + body + end
        learnt += [0] * len(head) + [learn > 0] * (len(body) + len(end[:1])) + [0] * len(end[1:])
    return ids[:CONTEXT], learnt[:CONTEXT]


def batches():
    """Conversations of like length together, in random order, for ever."""
    while True:
        with open(args.corpus) as file:
            while True:
                pool = [encode(json.loads(line)) for _, line in zip(range(1500), file)]
                if not pool:
                    break
                pool.sort(key=lambda one: len(one[0]) + chance.random() * 4)
                groups, group = [], []
                for one in pool:
                    if group and len(one[0]) * (len(group) + 1) > args.batch_tokens:
                        groups.append(group)
                        group = []
                    group.append(one)
                groups.append(group)
                chance.shuffle(groups)
                yield from groups


def tensors(group):
    length = max(len(ids) for ids, _ in group) - 1
    ids, targets = np.zeros((len(group), length), int), np.zeros((len(group), length), int)
    learnt = np.zeros((len(group), length), bool)
    for row, (sequence, flags) in enumerate(group):
        end = len(sequence) - 1
        ids[row, :end], targets[row, :end], learnt[row, :end] = sequence[:-1], sequence[1:], flags[1:]
    selected = torch.from_numpy(np.nonzero(learnt.ravel())[0])
    return torch.from_numpy(ids), torch.from_numpy(targets).view(-1)[selected], selected


def orthogonal(gradient):
    """Newton-Schulz steps of the Muon optimiser (Jordan et al. 2024): the nearest orthogonal matrix, roughly."""
    tall = gradient.shape[0] > gradient.shape[1]
    x = gradient.T if tall else gradient
    x = (x / (x.norm() + 1e-7)).bfloat16()
    for _ in range(5):
        s = x @ x.T
        x = 3.4445 * x + (-4.7750 * s + 2.0315 * s @ s) @ x
    return (x.T if tall else x).float()


model = Model(len(tokenizer.tokens), args.width, args.layers, hidden=args.hidden)
if args.begin:
    model.load_state_dict(torch.load(args.begin)["weights"])
matrices = [p for name, p in model.named_parameters() if name.startswith("blk.") and p.ndim == 2]
others = [p for name, p in model.named_parameters() if not (name.startswith("blk.") and p.ndim == 2)]
adam = torch.optim.AdamW(others, lr=args.rate, betas=(0.9, 0.97), weight_decay=0.0, eps=1e-9)
momentum = [torch.zeros_like(p) for p in matrices]
print(f"{sum(p.numel() for p in model.parameters())} parameters", flush=True)


def save():
    torch.save({"shape": model.shape, "weights": model.state_dict()}, args.out)


began, step, tokens, losses, reported = time.process_time(), 0, 0, [], 0.0
for group in batches():
    elapsed = time.process_time() - began
    done = elapsed / (args.minutes * 60)
    if done >= 1:
        break
    scale = min(1, (step + 1) / 50) * (1 if done < 0.35 else max(0.01, (1 - done) / 0.65))
    ids, targets, selected = tensors(group)
    loss = F.cross_entropy(model(ids, selected), targets)
    model.zero_grad(set_to_none=True)
    loss.backward()
    adam.param_groups[0]["lr"] = args.rate * scale
    torch.nn.utils.clip_grad_norm_(others, 1.0)
    adam.step()
    with torch.no_grad():
        for p, buffer in zip(matrices, momentum):
            buffer.mul_(0.95).add_(p.grad)
            p.mul_(1 - args.matrix_rate * scale * 0.05)
            p.add_(orthogonal(p.grad.add(buffer, alpha=0.95)), alpha=-args.matrix_rate * scale * max(1, p.shape[0] / p.shape[1]) ** 0.5)
    step += 1
    tokens += ids.numel()
    losses.append(loss.item())
    if elapsed - reported > 60:
        reported = elapsed
        print(f"{elapsed:.0f} s, {step} steps, {tokens / 1e6:.2f} M tokens, loss {np.mean(losses[-100:]):.4f}", flush=True)
        save()
save()
print(f"end: {step} steps, {tokens / 1e6:.2f} M tokens, loss {np.mean(losses[-100:]):.4f}", flush=True)
