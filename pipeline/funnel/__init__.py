"""What keeps pages that cannot hold a claim away from the costly steps, and loses none that can.

    signals.py   raw bytes: may an anchor word stand in them, also masked by entities, tags or soft hyphens?
    look.py      the page's visible text, from a fast parser: does an anchor word stand there?
    text.py      the cleaned text: is there an event beside a mission, so that the parser has something to parse?
    stages.py    the stages in their order, with counts

Each stage asks less than the next one, so what one drops none of the later ones would keep: every claim needs an anchor
word (models/anchors.py), which is where all terms come from.
"""
