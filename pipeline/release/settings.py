"""The section [release] of config.toml: how a release of the data names itself, its authors and its licence."""

from typing import Annotated

from pydantic import Field

from legation.pipeline.config_section import Section


class ReleaseConfig(Section):
    title: str = "Legation: which diplomatic missions work where, since when, and who says so"
    """Title of the data set."""
    authors: tuple[str, ...] = ()
    """Names of persons or bodies to cite; none: "The Legation contributors"."""
    licence: Annotated[str, Field(pattern=r"^[A-Za-z0-9.+-]+$")] = "CC-BY-4.0"
    """SPDX identifier of the data's licence; quotes stay under the rights of their publishers."""
    address: str = ""
    """Web address where the releases are kept."""
    doi: str = ""
    """DOI of the series of releases."""
