"""The web pages: a Datasette plugin with the review desk, the status board and their guards.

settings.py   the section [serve] of config.toml
serve.py      Datasette with this plugin, and the server around it
plugin.py     what Datasette asks a plugin for
routes.py     every route of ours in one table: who may do what
guard.py      headers of every answer; which requests are refused before anything else
people.py     who signs in, by password, token or link, and what each may do
wrong.py      wrong passwords, counted
sandbox.py    queries of visitors, each in a process of its own, box.py, with limits that hold
harmless.py   CSV without cells that a spreadsheet would run
dates.py      days and times as people write them
looking.py    who looks at which claim right now
desk.py       the review desk, one claim after another; desk_more.py its lists, articles and claims to add;
              decide.py its writes
board.py      pages of the status board; chart.py, atlas.py, picture.py its pictures
"""
