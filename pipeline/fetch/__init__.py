"""Ask other people's servers: politely, within limits, and never a machine that is not public.

addresses.py       which addresses may be connected to, decided by the address itself
transport.py       HTTP/1.1 and HTTP/2 over checked connections, each request with a deadline
decompression.py   bodies, up to a limit
answer.py          what became of one request
politeness.py      one request in flight per host, delays, robots.txt, Retry-After
client.py          one page: robots, redirects hop by hop, limits -> Answer
host_queues.py     many pages: several hosts at once, one page at a time of each
retry.py           when to ask again
urls.py            one form for one address
error_messages.py  what went wrong with a server, in plain words
"""
