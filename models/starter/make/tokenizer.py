"""Byte-level BPE as llama.cpp's "qwen2" pre-tokenizer has it: words with one leading character, single digits, GPT-2's byte alphabet."""
import argparse
import collections
import json
import re

LETTER = r"[^\W\d_]"
PIECES = re.compile(
    r"'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]"
    rf"|(?:[^\r\n\w]|_)?{LETTER}+|\d| ?(?:[^\s\w]|_)+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>"]
SPECIAL_PIECES = re.compile("(" + "|".join(map(re.escape, SPECIAL)) + ")")


def byte_alphabet():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + i) for i, byte in enumerate(others)}}


ALPHABET = byte_alphabet()


def split(text):
    return ["".join(ALPHABET[byte] for byte in match.group(0).encode()) for match in PIECES.finditer(text)]


def learn(texts, size):
    """Merges the most frequent pair until there are `size` tokens."""
    counts = collections.Counter()
    for text in texts:
        for piece in SPECIAL_PIECES.split(text):
            if piece and piece not in SPECIAL:
                counts.update(split(piece))
    words = [(list(word), count) for word, count in counts.items()]
    pairs, places = collections.Counter(), collections.defaultdict(set)
    for index, (word, count) in enumerate(words):
        for pair in zip(word, word[1:]):
            pairs[pair] += count
            places[pair].add(index)
    tokens, merges = SPECIAL + list(ALPHABET.values()), []
    while len(tokens) < size:
        pair = max(pairs, key=lambda candidate: (pairs[candidate], candidate))
        merges.append(pair)
        if "".join(pair) not in tokens:
            tokens.append("".join(pair))
        for index in list(places[pair]):
            word, count = words[index]
            merged = merge(word, pair)
            for old in zip(word, word[1:]):
                pairs[old] -= count
                places[old].discard(index)
            for new in zip(merged, merged[1:]):
                pairs[new] += count
                places[new].add(index)
            words[index] = (merged, count)
        pairs.pop(pair, None)
    return {"tokens": tokens, "merges": merges}


def merge(word, pair):
    out, at = [], 0
    while at < len(word):
        if tuple(word[at : at + 2]) == pair:
            out.append("".join(pair))
            at += 2
        else:
            out.append(word[at])
            at += 1
    return out


class Tokenizer:
    def __init__(self, path):
        with open(path) as file:
            data = json.load(file)
        self.tokens = data["tokens"]
        self.merges = [tuple(pair) for pair in data["merges"]]
        self.rank = {pair: rank for rank, pair in enumerate(self.merges)}
        self.id = {token: index for index, token in enumerate(self.tokens)}
        self.known = {}

    def word(self, word):
        if word not in self.known:
            parts = list(word)
            while len(parts) > 1:
                best = min(zip(parts, parts[1:]), key=lambda pair: self.rank.get(pair, 1 << 30))
                if best not in self.rank:
                    break
                parts = merge(parts, best)
            self.known[word] = [self.id[part] for part in parts]
        return self.known[word]

    def encode(self, text):
        """Text without control tokens."""
        return [token for word in split(text) for token in self.word(word)]

    def encode_answer(self, text):
        """An assistant's text, where tool-call tags are tokens."""
        ids = []
        for piece in SPECIAL_PIECES.split(text):
            ids += [self.id[piece]] if piece in self.id and piece in SPECIAL else self.encode(piece)
        return ids


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("out")
    parser.add_argument("--role", default="voice")
    parser.add_argument("--size", type=int, default=1024)
    args = parser.parse_args()
    with open(args.corpus) as file:
        texts = [text for _, line in zip(range(20000), file) for _, text, _ in json.loads(line)]
    texts += [f"system\n{args.role}", "user\n", "assistant\n", "tool\n"] * 20000
    with open(args.out, "w") as file:
        json.dump(learn(texts, args.size), file)
