"""The web pages: a Datasette plugin with the review desk, the status board and their guards.

settings.py        the section [serve] of config.toml
serve.py           Datasette with this plugin, and the server around it
plugin.py          what Datasette asks a plugin for
routes.py          every route of ours in one table: who may do what
guard.py           headers of every answer; which requests are refused before anything else
people.py          who signs in, by password, token or link, and what each may do
login_throttle.py  wrong passwords, counted for each address, and how long it must wait
sandbox.py         queries of visitors, each in a process of its own, sandbox_process.py, with limits that hold
safe_csv.py        CSV without cells that a spreadsheet would run
error_pages.py     what a request that failed shows
date_format.py     days and times as people write them
labels.py          names of states and States, and marked text, for people
table_titles.py    names of tables and columns for people
presence.py        who looks at which claim right now
desk.py            the review desk, one claim after another; desk_lists.py its lists, articles and claims to add;
                   desk_writes.py its writes
board.py           pages of the status board; chart.py, world_map.py its pictures, image_files.py as files;
                   downsample.py leaves out marks where a picture has too many
"""
