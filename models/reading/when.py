"""When it happened or is to happen: the dates of the sentence and its neighbours; learned weights choose."""

from dataclasses import dataclass

from legation.models.claim import MODALITIES, STATUSES
from legation.models.reading.article import HEADLINE, Article
from legation.models.reading.dates import dates_in
from legation.models.reading.decide import Described
from legation.models.reading.frames import SAYING
from legation.models.reading.judge import Key
from legation.models.reading.syntax import ancestors, path, root_of, short_path, steps

AHEAD = ("planned", "possible")  # modalities in which a bare weekday or month is one to come
SENTENCES = (0, -1, 1, -2)  # around the event


@dataclass(frozen=True, slots=True)
class Day:
    """A candidate: `value` as precise as the words; characters [start, end) of the article."""

    value: str
    start: int
    end: int
    features: tuple[str, ...]


def days(one: Described, key: Key) -> list[Day]:
    """The dates that may be those of a claim."""
    article = one.about.article
    text, frame, modality, status = article.text, one.frame, MODALITIES[key[3]], STATUSES[key[2]]
    found: list[Day] = []
    published = article.published_at(frame.sentence)
    if published:
        found.append(_day_of_publication(article, one, key))
    tense = text.tags[frame.trigger]
    for off in SENTENCES:
        number = frame.sentence + off
        if not text.has(number) or article.published_at(number) != published:
            continue
        first, end = text.bounds(number)
        sentence = article.doc[first:end]
        here = dates_in(
            sentence.text,
            published,
            future=modality in AHEAD,
            past=modality == "fact" and tense in ("VBD", "VBN"),
        )
        for order, date in enumerate(here):
            span = article.doc.char_span(
                sentence.start_char + date.start, sentence.start_char + date.end, alignment_mode="expand"
            )
            if span is None:
                continue
            shared = [
                f"off={off}",
                f"modality={modality}",
                f"size={len(date.value)}",
                f"relation={_relation(date.value, published)}",
            ]
            features = [
                *shared,
                *(f"{a}|{b}" for a in shared[:1] for b in shared[1:]),
                f"{shared[3]}|{shared[1]}",
                f"first={span.text.split()[0].lower() if off == 0 else 'none'}",
                f"only={len(here) == 1}|{off}",
                f"order={min(order, 3)}|{off}",
            ]
            if off == 0:
                features += _here(article, one, span.start, span.end, tense, status)
            start, stop = sentence.start_char + date.start, sentence.start_char + date.end
            if number == HEADLINE:
                start = stop = -1  # no words of the text say so
            found.append(Day(date.value, start, stop, tuple(features)))
    return found


def _day_of_publication(article: Article, one: Described, key: Key) -> Day:
    """A text that reports what happens without a day may mean its own; (-1, -1): no words say so."""
    text, frame = article.text, one.frame
    first, end = text.bounds(frame.sentence)
    published = article.published_at(frame.sentence)
    kinds = {
        "modality": MODALITIES[key[3]],
        "status": STATUSES[key[2]],
        "tense": text.tags[frame.trigger],
        "length": min(len(text.starts) // 2, 5),
        "sentence": min(frame.sentence, 3),
        "publisher": bool(article.publisher),
        "advice": bool(article.advised),
        "dates": bool(dates_in(article.doc[first:end].text, published)),
    }
    helpers = (i for i in range(first, end) if text.heads[i] == frame.trigger and text.deps[i].startswith("aux"))
    features = ["published", *(f"published.{name}={value}" for name, value in kinds.items())]
    features += sorted({f"published.aux={text.lower[i]}" for i in helpers})
    return Day(published or "", -1, -1, tuple(features))


def _relation(value: str, published: str | None) -> str:
    if not published:
        return "unknown"
    day = published[: len(value)]
    return "same" if value == day else "ahead" if value > day else "year" if value[:4] == day[:4] else "gone"


def _here(article: Article, one: Described, start: int, end: int, tense: str, status: str) -> list[str]:
    """A date in the sentence of the event."""
    text, trigger = article.text, one.frame.trigger
    root = root_of(text, start, end)
    way = path(text, root, trigger)
    above = ancestors(text, root)
    events = set(ancestors(text, trigger))
    says = next((token for token in above if text.lower[token] in SAYING), None)
    between = [
        e
        for e in article.events
        if e.sentence == one.frame.sentence
        and min(end, trigger) <= e.start < max(start, trigger)
        and e.start != trigger
    ]
    side = "behind" if start > trigger else "before"
    before = text.before(start)
    return [
        f"path={short_path(way)}",
        f"steps={steps(way)}",
        f"steps.side={steps(way)}|{side}",
        f"side={side}",
        f"near={min(abs(start - trigger) // 4, 5)}|{side}",
        f"b1={before}",
        f"b1.side={before}|{side}",
        f"said={says is not None and says not in (trigger,)}",
        f"said.path={says is not None and says in events}|{steps(way)}",
        f"other={bool(between)}|{side}",
        f"tense={tense}|{side}",
        f"begins={start - text.bounds(one.frame.sentence)[0] < 3}",
        f"status={status}|{side}",
        f"head={text.lower[text.heads[root]]}",
        f"verb={next((text.tags[t] for t in above[1:] if text.tags[t].startswith('VB')), 'none')}",
        f"owned={next((t for t in above if text.tags[t].startswith('VB')), -1) == trigger}",
    ]
