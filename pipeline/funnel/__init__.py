"""What keeps pages that cannot hold a claim away from the costly steps, and loses none that can.

    byte_scan.py         raw bytes: may an anchor word stand in them, also masked by entities, tags or soft hyphens?
    visible_text.py      the page's visible text, from a fast parser: does an anchor word stand there?
    stages.py            the stages in their order, with counts; the last one looks at the cleaned text
    anchor_patterns.py   the anchor words as patterns; split_words.py finds those that tags cut
    foreign_patterns.py  words for missions in other languages

Each stage asks less than the next one, so what one drops none of the later ones would keep: every claim needs an anchor
word (models/anchors.py), which is where all terms come from.
"""
