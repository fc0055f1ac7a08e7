"""`python -m legation` is the command `legation`."""

from legation.pipeline.cli import main

main()
