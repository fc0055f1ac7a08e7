"""Ask other people's servers: politely, within limits, and never a machine that is not public.

addresses.py   which addresses may be connected to, decided by the address itself
transport.py   HTTP/1.1 and HTTP/2 over checked connections, each request with a deadline
bodies.py      decompression that stops at a limit
answers.py     what became of one request
hosts.py       one request in flight per host, delays, robots.txt, Retry-After
client.py      one page: robots, redirects hop by hop, limits -> Answer
many.py        many pages: several hosts at once
retry.py       when to ask again
urls.py        one form for one address
"""
