"""Alerts: messages about changes of status to a webhook, by e-mail or in an Atom file.

settings.py   [[alerts]] and [smtp] of config.toml
matching.py   which changes an alert is about, and what its message says
send.py       how a message leaves; the outbox is db/alerts.py
"""
