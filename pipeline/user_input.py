"""What a user types for a State, a city or a day, as the program stores it; and the error for what it does not know."""

from dataclasses import dataclass

from legation.db.corrections import is_date
from legation.pipeline.errors import UsageProblem


@dataclass(frozen=True, slots=True)
class Place:
    """A State by its code and, if a city was named, the city's usual English name."""

    country: str
    city: str | None = None


def parse_country(name: str) -> str:
    """The code of a State given by name, code, demonym, capital or government; UsageProblem with the nearest names."""
    from legation.models.gazetteer import find_state, nearest_names

    code = find_state(name)
    if code is None:
        raise UsageProblem(_unknown(name, list(dict.fromkeys(map(_written_out, nearest_names(name))))))
    return code


def parse_place(name: str) -> Place:
    """A city ("Kyiv") or a State ("Ukraine", "UA"); what is the name of both is the State."""
    from legation.models.gazetteer import capital_of, find_city, find_state, state_name, states

    code = find_state(name)
    city = find_city(name)
    if city is None:
        return Place(parse_country(name))
    own_names = {n.casefold() for n in (*states()[code].names, state_name(code))} if code else set()
    if code and (name.casefold() in own_names or name.upper() in (code, states()[code].alpha3)):
        return Place(code)
    if city.capital:
        return Place(city.country, capital_of(city.country) if code == city.country else city.name)
    return Place(city.country, city.name)


def _written_out(name: str) -> str:
    """A name to offer: of the word for a people ("Albanians") the State."""
    from legation.models.gazetteer import demonyms, find_state

    code = find_state(name)
    return state_label(code) if code and name in demonyms(code) else name


def _unknown(name: str, near: list[str]) -> str:
    hint = f"did you mean {' or '.join(near)}?" if near else "give a State by name, code, demonym or capital"
    return f"{name}: no such place; {hint}"


def parse_day(text: str) -> str:
    """A day as YYYY-MM-DD; UsageProblem for anything else."""
    if len(text) == len("2022-04-20") and is_date(text):
        return text
    raise UsageProblem(f"{text}: not a day; write it as 2022-04-20")


def parse_moment(text: str) -> str:
    """The UTC time of "known by": the end of a day, or a time written 2022-04-20T12:00:00Z."""
    if len(text) == len("2022-04-20T12:00:00Z") and text[10] == "T" and text.endswith("Z"):
        parse_day(text[:10])
        return text
    return f"{parse_day(text)}T23:59:59Z"


def state_label(code: str | None) -> str:
    """The State's name for a reader; "(unnamed)" for None, the code itself where it is of no State."""
    from legation.models.gazetteer import states

    if code is None:
        return "(unnamed)"
    state = states().get(code)
    return state.name if state else code
