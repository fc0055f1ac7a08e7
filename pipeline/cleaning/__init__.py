"""Page -> article.

page.py         bytes of a page to text, title, date ...: runs in a worker process
posts.py        parts that the page dates one by one: live blogs
about.py        title, author and date of a page
fingerprint.py  64 bits of a text, near those of its copies
xpaths.py       trafilatura's expressions, faster
charset.py      bytes to characters
tidy.py         characters that cannot be stored
sameness.py     canonical address, near-duplicates, who published first
"""
