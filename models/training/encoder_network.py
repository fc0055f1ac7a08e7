"""The network of the sentence encoder in PyTorch: its tensors, layers and loss.

PyTorch is imported at the top, because classes of it are extended here. Import this module inside functions only, so
that everything else of the package works without PyTorch.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from legation.models.encoder import KINDS, LABELS, NAMES, NONE
from legation.models.errors import ModelError
from legation.models.training.encoder import Item

FROZEN = 2  # lower layers that stay as they are, as do the vectors of the word pieces
HIDDEN = 256  # width of what scores pairs
DROP = 0.1  # share of values that are dropped in training
FLAGS = 2 * len(NAMES) + 1  # kinds of names in context and in the own sentence; the last: no State
USUAL_PAIRS = 12  # windows with more pairs count each of them for less
SENTENCE_SHARE = 0.5  # of the loss of the sentence, beside that of the pairs
RARE_PAIR, RARE_LABEL = -5.0, -4.0  # logits to begin with: claims are rare
INPUTS = ("ids", "marks", "kinds", "mask", "own", "context", "flags")


def batch_tensors(items: Sequence[Item]) -> dict[str, Tensor]:
    """INPUTS and targets of a batch, padded; State 0 is none. Weight 0: not judged."""
    size, length = len(items), max(len(item.pieces.ids) for item in items)
    states = max(len(item.pieces.codes) for item in items) + 1
    t = {name: torch.zeros(size, length, dtype=torch.long) for name in ("ids", "marks", "kinds")}
    t["mask"] = torch.zeros(size, length)
    t["own"], t["context"] = torch.zeros(size, states, length), torch.zeros(size, states, length)
    t["flags"] = torch.zeros(size, states, FLAGS)
    t["flags"][:, 0, -1] = 1
    t["target"] = torch.zeros(size, states, states, len(LABELS))
    t["weight"] = torch.zeros(size, states, states, len(LABELS))
    t["target_sentence"] = torch.zeros(size, len(LABELS))
    t["weight_sentence"] = torch.ones(size, len(LABELS))
    for row, item in enumerate(items):
        _fill_inputs(t, row, item)
        _fill_targets(t, row, item)
    return t


def _fill_inputs(t: dict[str, Tensor], row: int, item: Item) -> None:
    pieces = item.pieces
    length = len(pieces.ids)
    for name in ("ids", "marks", "kinds"):
        t[name][row, :length] = torch.tensor(getattr(pieces, name))
    t["mask"][row, :length] = 1
    for state, (own, context, flags) in enumerate(zip(pieces.own, pieces.context, pieces.flags, strict=True), 1):
        for name, places in (("own", own), ("context", context)):
            if places:
                t[name][row, state, places] = 1 / len(places)
        t["flags"][row, state, :-1] = torch.tensor(flags)


def _fill_targets(t: dict[str, Tensor], row: int, item: Item) -> None:
    """A State that is not named in the window stands at 0, and a pair with it is not judged."""
    codes = [NONE, *item.pieces.codes]
    at = {code: state for state, code in enumerate(codes)}
    target, weight = t["target"][row], t["weight"][row]
    weight[: len(codes), : len(codes)] = 1
    weight[range(len(codes)), range(len(codes))] = 0
    for sender, receiver, label in (*item.window.open_pairs, *item.window.pairs):
        weight[at.get(sender, 0), at.get(receiver, 0), label] = 0
    for sender, receiver, label in item.window.pairs:
        if sender in at and receiver in at and sender != receiver:
            target[at[sender], at[receiver], label] = weight[at[sender], at[receiver], label] = 1
    t["target_sentence"][row, list(item.window.labels)] = 1
    t["weight_sentence"][row, list(item.window.open_labels)] = 0


class Layer(nn.Module):
    """A layer of BERT."""

    def __init__(self, width: int, inner: int, heads: int) -> None:
        super().__init__()
        self.heads, self.drop = heads, DROP
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """x: (batch, word pieces, width); bias is added to the attention, None: nothing is masked."""
        b, t, w = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        a = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        a = self.out(a.transpose(1, 2).reshape(b, t, w))
        x = self.norm1(x + functional.dropout(a, self.drop, self.training))
        return self.norm2(x + functional.dropout(self.down(functional.gelu(self.up(x))), self.drop, self.training))


class Network(nn.Module):
    """BERT over a window, with the kind of each word added behind the frozen layers, and the scores of pairs of States
    and of the sentence. `config`: config.json of the base model."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        width = config["hidden_size"]
        size = width, config["intermediate_size"], config["num_attention_heads"]
        self.words = nn.Embedding(config["vocab_size"], width)
        self.positions = nn.Embedding(config["max_position_embeddings"], width)
        self.marks, self.kinds = nn.Embedding(2, width), nn.Embedding(len(KINDS) + 1, width)
        nn.init.zeros_(self.marks.weight)
        nn.init.zeros_(self.kinds.weight)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(*size) for _ in range(config["num_hidden_layers"]))
        self.none = nn.Parameter(torch.zeros(2 * width))  # in the place of a State that is not named
        self.sender, self.receiver = nn.Linear(2 * width + FLAGS, HIDDEN), nn.Linear(2 * width + FLAGS, HIDDEN)
        self.sender2, self.receiver2 = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, HIDDEN)
        self.both, self.around = nn.Linear(HIDDEN, HIDDEN), nn.Linear(3 * width, HIDDEN)
        self.pair, self.sentence = nn.Linear(HIDDEN, len(LABELS)), nn.Linear(HIDDEN, len(LABELS))
        nn.init.constant_(self.pair.bias, RARE_PAIR)
        nn.init.constant_(self.sentence.bias, RARE_LABEL)

    def forward(
        self,
        ids: Tensor,
        marks: Tensor,
        kinds: Tensor,
        mask: Tensor | None,
        own: Tensor,
        context: Tensor,
        flags: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Logits of the pairs (batch, sender, receiver, label) and of the sentences (batch, label)."""
        x = self.words(ids) + self.positions.weight[: ids.shape[1]]
        return self.score(x, marks, kinds, mask, own, context, flags)

    def score(
        self,
        x: Tensor,
        marks: Tensor,
        kinds: Tensor,
        mask: Tensor | None,
        own: Tensor,
        context: Tensor,
        flags: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """The same from the vectors of the word pieces on. `mask` None: one window without padding."""
        bias = None if mask is None else ((1 - mask) * -1e4)[:, None, None, :]
        x = self.norm(x)
        for layer in self.layers[:FROZEN]:
            x = layer(x, bias)
        x = functional.dropout(x + self.marks(marks) + self.kinds(kinds), DROP, self.training)
        for layer in self.layers[FROZEN:]:
            x = layer(x, bias)
        mine = marks.to(x.dtype)
        if mask is not None:
            mine = mine * mask
        pools = [_mean(x, mine * (kinds == KINDS[kind]).to(x.dtype)) for kind in ("EVENT", "MISSION")]
        around = self.around(torch.cat([*pools, _mean(x, mine)], -1))
        states = torch.cat([own @ x, context @ x], -1)
        states = states + flags[..., -1:] * self.none
        states = functional.dropout(torch.cat([states, flags], -1), DROP, self.training)
        s, r = self.sender(states), self.receiver(states)
        h = self.both(s[:, :, None] * r[:, None])
        h = h + self.sender2(functional.gelu(s))[:, :, None] + self.receiver2(functional.gelu(r))[:, None]
        h = functional.dropout(functional.gelu(h + around[:, None]), DROP, self.training)
        return self.pair(h), self.sentence(functional.gelu(around))[:, 0]


def _mean(x: Tensor, weight: Tensor) -> Tensor:
    """The mean of the word pieces of weight 1, zeros where there are none."""
    return weight[:, None] @ x / weight.sum(-1)[:, None, None].clamp(min=1)


def pretrained(base: Path) -> Network:
    """The network with the weights of a BERT that transformers saved; its frozen parts need no gradient.

    Raises ModelError where the folder holds no such model.
    """
    from safetensors.torch import load_file

    try:
        config = json.loads((base / "config.json").read_text(encoding="utf-8"))
        old = {key.removeprefix("bert."): value for key, value in load_file(base / "model.safetensors").items()}
        network = Network(config)
        missing, unknown = network.load_state_dict(_renamed(old, config["num_hidden_layers"]), strict=False)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"--base: {base}: {error}; name a folder with config.json and model.safetensors") from None
    if unknown or any(name.startswith(("layers", "words", "positions", "norm")) for name in missing):
        raise ModelError(f"--base: {base}: not the weights of a BERT; name a folder that holds one")
    for frozen in (network.words, network.positions, network.norm, *network.layers[:FROZEN]):
        frozen.requires_grad_(False)
    for layer in network.layers[:FROZEN]:
        layer.drop = 0.0
    return network


def _renamed(old: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Weights of BERT under the names of Network."""
    new = {
        "words.weight": old["embeddings.word_embeddings.weight"],
        "positions.weight": old["embeddings.position_embeddings.weight"]
        + old["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": old["embeddings.LayerNorm.weight"],
        "norm.bias": old["embeddings.LayerNorm.bias"],
    }
    names = {
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm2": "output.LayerNorm",
    }
    for i in range(layers):
        at = f"encoder.layer.{i}"
        for end in ("weight", "bias"):
            parts = [old[f"{at}.attention.self.{name}.{end}"] for name in ("query", "key", "value")]
            new[f"layers.{i}.qkv.{end}"] = torch.cat(parts)
            new |= {f"layers.{i}.{mine}.{end}": old[f"{at}.{theirs}.{end}"] for mine, theirs in names.items()}
    return new


def parameters(network: Network) -> tuple[list[Tensor], list[Tensor]]:
    """What is trained: of the layers of BERT, and of what was added."""
    layers: list[Tensor] = []
    heads: list[Tensor] = []
    for name, value in network.named_parameters():
        if value.requires_grad:
            (layers if name.startswith("layers.") else heads).append(value)
    return layers, heads


def loss(network: Network, t: dict[str, Tensor]) -> Tensor:
    """Cross-entropy a window: of its pairs, and SENTENCE_SHARE of that of the sentence."""
    pairs, sentence = network(*(t[name] for name in INPUTS))
    entropy = functional.binary_cross_entropy_with_logits
    each = entropy(pairs, t["target"], t["weight"], reduction="none").sum((1, 2, 3))
    judged = t["weight"].amax(-1).sum((1, 2)).clamp(min=1)
    each = each * (USUAL_PAIRS / judged).clamp(max=1).sqrt()
    alone = entropy(sentence, t["target_sentence"], t["weight_sentence"], reduction="none").sum(1)
    return (each + SENTENCE_SHARE * alone).mean()


class Scorer(nn.Module):
    """What is exported: the network from the vectors of the word pieces on, for one window without padding."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, x: Tensor, marks: Tensor, kinds: Tensor, own: Tensor, context: Tensor, flags: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Logits of the pairs and of the sentence."""
        scores: tuple[Tensor, Tensor] = self.network.score(x, marks, kinds, None, own, context, flags)
        return scores
