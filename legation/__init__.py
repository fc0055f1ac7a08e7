"""Legation: status claims about diplomatic missions from news, each with its exact quote.

`legation.models` reads texts with spaCy, `legation.db` stores claims and decisions, `legation.pipeline` joins the two.
Their folders are at the top of the repository; the links beside this file make them parts of this package, for the
interpreter, type checkers and editors alike. In a wheel they are folders.
"""
