"""The sections [[alerts]] and [smtp] of config.toml: who is told of which changes, and how."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from legation.db.corrections import is_date
from legation.pipeline.config_section import Section

State = Literal["open", "limited", "relocated", "closed", "suspended", "evacuated"]
Kind = Literal["embassy", "consulate", "delegation", "office", "mission"]


def _is_mail_address(text: str) -> str:
    if text and not re.fullmatch(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+", text):
        raise ValueError("not one address of mail; write it as desk@example.org")
    return text


MailAddress = Annotated[str, AfterValidator(_is_mail_address)]


class SmtpConfig(Section):
    host: str = "localhost"
    """Server that takes mail."""
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    """Its port."""
    security: Literal["none", "starttls", "tls"] = "none"
    """none for a server on this machine; starttls or tls for any other."""
    user: str = ""
    """User name; none: no sign-in."""
    password_env: str = "LEGATION_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
    """Environment variable that holds the password."""
    sender: Annotated[MailAddress, Field(min_length=1)] = "legation@localhost"
    """Address from which mail comes."""


class AlertConfig(Section):
    name: Annotated[str, Field(pattern=r"^[\w.-]{1,64}$")]
    """Names the alert; under another name it is a new one."""
    place: str = ""
    """City or receiving State; none: everywhere."""
    of: str = ""
    """Sending State; none: all."""
    region: str = ""
    """Region of UN M49 of the receiving State; none: the world."""
    kinds: tuple[Kind, ...] = ()
    """Kinds of mission; none: all."""
    states: tuple[State, ...] = ()
    """States that a mission changes to; none: all."""
    reviewed: bool = True
    """Only changes that follow from claims that reviewers upheld."""
    since: str = ""
    """Also tell of changes known before the alert was new, from this day on, YYYY-MM-DD; none: only of later ones."""
    webhook: str = ""
    """Address to which each message is posted."""
    form: Literal["json", "slack"] = "json"
    """What a webhook gets: the change as JSON, or a text as Slack and Mattermost take it."""
    email: MailAddress = ""
    """Address to which each message is mailed, by [smtp]."""
    file: str = ""
    """Atom file that has all messages; relative to the configuration's folder."""

    @field_validator("since")
    @classmethod
    def _is_day(cls, since: str) -> str:
        if since and not (len(since) == len("2022-04-20") and is_date(since)):
            raise ValueError("not a day; write it as 2022-04-20")
        return since

    @field_validator("webhook")
    @classmethod
    def _is_address(cls, webhook: str) -> str:
        if webhook and not webhook.startswith(("https://", "http://")):
            raise ValueError("not an address; it begins with https://")
        return webhook

    @model_validator(mode="after")
    def _goes_one_way(self) -> "AlertConfig":
        if sum(map(bool, (self.webhook, self.email, self.file))) != 1:
            raise ValueError("give one of webhook, email, file")
        return self
