"""Source -> the pages it names. Nothing is stored here, and no article is fetched.

settings.py   [[sources]] of config.toml
web.py        feed, sitemap, list, pages, gdelt: asked by HTTP
feed.py, sitemap.py, link_list.py   what their answers hold; run in a worker process
local.py      files, warc, stdin: read here, page by page
"""
