-- Parts of an article that the page dates one by one, such as the posts of a live blog.

ALTER TABLE articles ADD COLUMN posts TEXT; -- JSON: [start, end, YYYY-MM-DD] of each, in characters of `text`; NULL: the article has one date
