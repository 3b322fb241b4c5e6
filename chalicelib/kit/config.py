"""Configuration: the one place that reads the environment, into whatever model somebody hands in.

Each field of the model is the environment variable of the same name, in upper case. Read whole, checked whole.
"""

import os
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)


class ConfigurationError(Exception):
    """The deployment must not start like this; the sentence says which setting is wrong and what would be right."""


def read(model: type[M], environment: Mapping[str, str] | None = None) -> M:
    """What an environment (this process's, unless another is given) says to a model.

    Raises ConfigurationError, naming every variable at fault.
    """
    spelled = os.environ if environment is None else environment
    known = {name: spelled[name.upper()] for name in model.model_fields if spelled.get(name.upper())}
    try:
        return model.model_validate(known)
    except ValidationError as wrong:
        faults = "; ".join(
            f"{'.'.join(str(part).upper() for part in fault['loc']) or 'settings'}: {fault['msg']}"
            for fault in wrong.errors(include_url=False, include_input=False)
        )
        raise ConfigurationError(faults) from None


def names(text: str) -> list[str]:
    """The names in a comma list; `none` is the empty one, since an empty variable is an unset one."""
    return [] if text.strip() == "none" else [name for part in text.split(",") if (name := part.strip())]
