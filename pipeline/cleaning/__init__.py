"""Page -> article.

page.py                bytes of a page to text, title, date ...: runs in a worker process
stylesheets.py         what the page's own <style> hides
live_blog.py           parts that the page dates one by one: posts of live blogs
metadata.py            title, author and date of a page
publication_date.py    the date, by the best evidence on the page and of its feed
fingerprint.py         64 bits of a text, near those of its copies
xpaths.py              trafilatura's expressions, faster
charset.py             bytes to characters
control_characters.py  characters that cannot be stored
duplicates.py          canonical address, near-duplicates, who published first
store.py               article to database
"""
