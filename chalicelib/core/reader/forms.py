"""A form beside a tester's own words: what its answers say, and whether they could be answers at all.

A form may give any type as text, read as a line is (lines.py): "yes" is true, "5" is 5. A text that is one of the
choices but for capitals and the space around it is that choice, as the schema spells it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.core.asking.text import cut
from chalicelib.core.ports.reader import FORM_CHARACTERS_MAX, WantedField
from chalicelib.core.reader import fields, lines
from chalicelib.kit.errors import Invalid
from chalicelib.kit.words import dumps

NAMES_SHOWN_MAX = 300


def value(said: Any, field: WantedField) -> Any:
    """What an answer says; what was left blank says nothing."""
    if isinstance(said, str):
        said = lines.read(said, field.type) if said.strip() else None
    return as_spelt(said, field.schema)


def as_spelt(said: Any, schema: Mapping[str, Any]) -> Any:
    """A text as the schema spells it, where one choice alone is the same; so are those in a list."""
    if isinstance(said, list) and isinstance(items := schema.get("items"), dict):
        return [as_spelt(one, items) for one in said]
    choices = schema.get("enum")
    if not isinstance(said, str) or not isinstance(choices, list) or said in choices:
        return said
    same = {choice for choice in choices if isinstance(choice, str) and _loose(choice) == _loose(said)}
    return same.pop() if len(same) == 1 else said


def check(wanted: Sequence[WantedField], answers: Mapping[str, Any], place: str) -> None:
    """Refuse answers that could be none, while they can still be mended. What is open may be said in words; where
    nothing is wanted, anything may be told.

    Raises Invalid, which names the first and lists all of them.
    """
    if len(dumps(dict(answers))) > FORM_CHARACTERS_MAX:
        raise Invalid(place, f"must be at most {FORM_CHARACTERS_MAX:,} characters of JSON")
    named = {field.name: field for field in wanted}
    found = [
        {"field": f"{place}.{where}", "problem": problem}
        for name, said in (answers.items() if wanted else ())
        for where, problem in _faults(name, said, named)
    ]
    if found:
        raise Invalid(found[0]["field"], found[0]["problem"], fields=found)


def _faults(name: str, said: Any, named: Mapping[str, WantedField]) -> list[fields.Fault]:
    if name not in named:
        return [(name, f"is not known here; the questions are {cut(', '.join(named), NAMES_SHOWN_MAX)}")]
    given = value(said, named[name])
    fault = None if given is None else fields.fault(named[name], given)
    return [fault] if fault else []


def _loose(text: str) -> str:
    return text.strip().casefold()
