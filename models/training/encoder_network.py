"""The networks of the sentence encoder in PyTorch: the one that is shipped and its teacher, which differ in size.

PyTorch is imported at the top, because classes of it are extended here. Import this module inside functions only, so
that everything else of the package works without PyTorch.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from legation.models.encoder import DETAILS, KINDS, LABELS, NAMES, WINDOW
from legation.models.errors import ModelError
from legation.models.training.encoder_vocabulary import SPECIAL

ADDED_AT = 2  # behind so many layers the network hears which piece is of the own sentence and of which kind
HIDDEN = 256  # width of what scores pairs
TEACHER_HIDDEN = 384
DROP = 0.1  # share of values that are dropped in training
FLAGS = 2 * len(NAMES) + 1  # kinds of names in context and in the own sentence; the last: no State
RARE_PAIR, RARE_LABEL = -5.0, -4.0  # logits to begin with: claims are rare
BODY = ("words", "positions", "norm", "relative", "layers")  # what comes from the base model
BUCKETS, FARTHEST = 32, 128  # of MPNet: how many distances between two pieces it tells apart, up to which

# MPNet took the word pieces of BERT over, but not its names for the marks, and counts positions from 2.
MPNET_MARKS = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>", "[MASK]": "<mask>"}
MPNET_FIRST = 2


@dataclass(frozen=True)
class Shape:
    """The size of a network. `relative`: attention adds a bias by the distance of two pieces, as in MPNet."""

    pieces: int
    width: int
    inner: int
    heads: int
    layers: int
    hidden: int
    epsilon: float = 1e-12
    relative: bool = False


class Layer(nn.Module):
    """A layer of BERT or MPNet."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, inner = shape.width, shape.inner
        self.heads = shape.heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, shape.epsilon), nn.LayerNorm(width, shape.epsilon)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """x: (batch, word pieces, width); bias is added to the attention, None: nothing is masked."""
        b, t, w = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        a = functional.scaled_dot_product_attention(q, k, v, attn_mask=None if bias is None else bias.to(q.dtype))
        a = self.out(a.transpose(1, 2).reshape(b, t, w))
        x = self.norm1(x + functional.dropout(a, DROP, self.training))
        return self.norm2(x + functional.dropout(self.down(functional.gelu(self.up(x))), DROP, self.training))


class Network(nn.Module):
    """A transformer over a window, and the scores of pairs of States, of the sentence, and of the words of details."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, hidden = shape.width, shape.hidden
        self.words, self.positions = nn.Embedding(shape.pieces, width), nn.Embedding(WINDOW, width)
        self.marks, self.kinds = nn.Embedding(2, width), nn.Embedding(len(KINDS) + 1, width)
        nn.init.zeros_(self.marks.weight)
        nn.init.zeros_(self.kinds.weight)
        self.norm = nn.LayerNorm(width, shape.epsilon)
        self.relative = nn.Embedding(BUCKETS, shape.heads) if shape.relative else None
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.none = nn.Parameter(torch.zeros(2 * width))  # in the place of a State that is not named
        self.sender, self.receiver = nn.Linear(2 * width + FLAGS, hidden), nn.Linear(2 * width + FLAGS, hidden)
        self.sender2, self.receiver2 = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)
        self.both, self.around = nn.Linear(hidden, hidden), nn.Linear(3 * width, hidden)
        self.pair, self.sentence = nn.Linear(hidden, len(LABELS)), nn.Linear(hidden, len(LABELS))
        self.details = nn.Linear(width, len(DETAILS))
        nn.init.constant_(self.pair.bias, RARE_PAIR)
        nn.init.constant_(self.sentence.bias, RARE_LABEL)
        nn.init.constant_(self.details.bias, RARE_LABEL)

    def forward(
        self,
        ids: Tensor,
        marks: Tensor,
        kinds: Tensor,
        mask: Tensor | None,
        own: Tensor,
        context: Tensor,
        flags: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of the pairs (batch, sender, receiver, label), of the sentences (batch, label) and of the details
        (batch, word piece, detail)."""
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
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The same from the vectors of the word pieces on. `mask` None: one window without padding."""
        bias = self._bias(x.shape[1], mask)
        x = self.norm(x)
        for layer in self.layers[:ADDED_AT]:
            x = layer(x, bias)
        x = functional.dropout(x + self.marks(marks) + self.kinds(kinds), DROP, self.training)
        for layer in self.layers[ADDED_AT:]:
            x = layer(x, bias)
        mine = marks.to(x.dtype)
        if mask is not None:
            mine = mine * mask.to(x.dtype)
        pools = [_mean(x, mine * (kinds == KINDS[kind]).to(x.dtype)) for kind in ("EVENT", "MISSION")]
        around = self.around(torch.cat([*pools, _mean(x, mine)], -1))
        states = torch.cat([own.to(x.dtype) @ x, context.to(x.dtype) @ x], -1)
        flags = flags.to(states.dtype)
        states = states + flags[..., -1:] * self.none
        states = functional.dropout(torch.cat([states, flags], -1), DROP, self.training)
        s, r = self.sender(states), self.receiver(states)
        h = self.both(s[:, :, None] * r[:, None])
        h = h + self.sender2(functional.gelu(s))[:, :, None] + self.receiver2(functional.gelu(r))[:, None]
        h = functional.dropout(functional.gelu(h + around[:, None]), DROP, self.training)
        return self.pair(h), self.sentence(functional.gelu(around))[:, 0], self.details(x)

    def _bias(self, length: int, mask: Tensor | None) -> Tensor | None:
        """What is added to the attention between two pieces: of the padding, and by their distance."""
        bias = None if mask is None else ((1 - mask) * -1e4)[:, None, None, :]
        if self.relative is None:
            return bias
        places = torch.arange(length, device=self.relative.weight.device)
        by_distance = self.relative(bucket(places[None] - places[:, None])).permute(2, 0, 1)[None]
        return by_distance if bias is None else bias + by_distance


def _mean(x: Tensor, weight: Tensor) -> Tensor:
    """The mean of the word pieces of weight 1, zeros where there are none."""
    return weight[:, None] @ x / weight.sum(-1)[:, None, None].clamp(min=1)


def bucket(distance: Tensor) -> Tensor:
    """The numbers, below BUCKETS, under which MPNet learned distances between two pieces: of a short distance its own,
    of long ones the same for several; half of the numbers for pieces before, half for pieces behind."""
    half = BUCKETS // 2
    exact = half // 2
    far = distance.abs()
    steps = torch.log(far.clamp(min=1) / exact) / math.log(FARTHEST / exact) * (half - exact)
    far = torch.where(far < exact, far, (exact + steps.long()).clamp(max=half - 1))
    return far + (distance > 0).long() * half


def student_network(base: Path, pieces: Sequence[str]) -> Network:
    """The network that is shipped, with the weights of a BERT that transformers saved, for these word pieces alone.

    The vectors of pieces and positions are not trained. Raises ModelError where the folder holds no such model.
    """
    network = _pretrained("--base", base, pieces, HIDDEN)
    for kept in (network.words, network.positions):
        kept.requires_grad_(False)
    return network


def teacher_network(folder: Path, pieces: Sequence[str]) -> Network:
    """Its teacher, with the weights of an MPNet or a larger BERT; all of it is trained. Raises ModelError likewise."""
    return _pretrained("--teacher", folder, pieces, TEACHER_HIDDEN)


def _pretrained(option: str, folder: Path, pieces: Sequence[str], hidden: int) -> Network:
    from safetensors.torch import load_file

    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        is_mpnet = config.get("model_type") == "mpnet"
        shape = Shape(
            len(pieces),
            config["hidden_size"],
            config["intermediate_size"],
            config["num_attention_heads"],
            config["num_hidden_layers"],
            hidden,
            config.get("layer_norm_eps", 1e-12),
            is_mpnet,
        )
        rows = _rows(folder, pieces, MPNET_MARKS if is_mpnet else {})
        old = load_file(folder / "model.safetensors")
        old = {key.removeprefix("bert.").removeprefix("mpnet."): value for key, value in old.items()}
        network = Network(shape)
        renamed = _renamed_mpnet(old, shape.layers) if is_mpnet else _renamed_bert(old, shape.layers)
        renamed["words.weight"] = renamed["words.weight"][rows]
        missing, unknown = network.load_state_dict(renamed, strict=False)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"{option}: {folder}: {error}; name a folder with config.json, model.safetensors and tokenizer.json"
        ) from None
    if unknown or any(name.startswith(BODY) for name in missing):
        raise ModelError(f"{option}: {folder}: not the weights of a BERT or MPNet; name a folder that holds one")
    return network


def _rows(folder: Path, pieces: Sequence[str], marks: dict[str, str]) -> list[int]:
    """Where the vectors of these word pieces stand in a model's table, by their text. Raises ValueError where one is
    missing."""
    from tokenizers import Tokenizer

    if (folder / "tokenizer.json").is_file():
        vocabulary = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
    else:
        lines = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        vocabulary = {line: number for number, line in enumerate(lines)}
    names = [marks.get(piece, piece) if piece in SPECIAL else piece for piece in pieces]
    if absent := [name for name in names if name not in vocabulary]:
        raise ValueError(f"no word piece {absent[0]!r}, which --base has")
    return [vocabulary[name] for name in names]


def _renamed_bert(old: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Weights of BERT under the names of Network."""
    new = _renamed(
        old, layers, "attention.self.", ("query", "key", "value"), "attention.output.dense", "attention.output."
    )
    positions = old["embeddings.position_embeddings.weight"] + old["embeddings.token_type_embeddings.weight"][0]
    return new | {"positions.weight": positions[:WINDOW]}


def _renamed_mpnet(old: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Weights of MPNet under the names of Network."""
    new = _renamed(old, layers, "attention.attn.", ("q", "k", "v"), "attention.attn.o", "attention.")
    positions = old["embeddings.position_embeddings.weight"][MPNET_FIRST : MPNET_FIRST + WINDOW]
    return new | {"positions.weight": positions, "relative.weight": old["encoder.relative_attention_bias.weight"]}


def _renamed(
    old: dict[str, Tensor], layers: int, attention: str, qkv: Sequence[str], out: str, norm: str
) -> dict[str, Tensor]:
    """What both have in common; the strings are the names of parts of a layer that differ."""
    new: dict[str, Any] = {
        "words.weight": old["embeddings.word_embeddings.weight"],
        "norm.weight": old["embeddings.LayerNorm.weight"],
        "norm.bias": old["embeddings.LayerNorm.bias"],
    }
    names = {
        "out": out,
        "norm1": f"{norm}LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm2": "output.LayerNorm",
    }
    for i in range(layers):
        at = f"encoder.layer.{i}"
        for end in ("weight", "bias"):
            new[f"layers.{i}.qkv.{end}"] = torch.cat([old[f"{at}.{attention}{name}.{end}"] for name in qkv])
            new |= {f"layers.{i}.{mine}.{end}": old[f"{at}.{theirs}.{end}"] for mine, theirs in names.items()}
    return new


class Scorer(nn.Module):
    """What is exported: the network from the vectors of the word pieces on, for one window without padding."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, x: Tensor, marks: Tensor, kinds: Tensor, own: Tensor, context: Tensor, flags: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of the pairs, of the sentence and of the details."""
        scores: tuple[Tensor, Tensor, Tensor] = self.network.score(x, marks, kinds, None, own, context, flags)
        return scores
