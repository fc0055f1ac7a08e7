"""Page -> article.

page.py       bytes of a page to text, title, date ...: runs in a worker process
charset.py    bytes to characters
sameness.py   canonical address, near-duplicates, who published first
"""
