"""Pages need Jinja2 and figures Matplotlib, which come with the extra `reports`."""

import importlib
from types import ModuleType

from passerby.core.errors import PasserbyError


def require(module: str) -> ModuleType:
    """Import a module of the extra `reports`; PasserbyError says how to install it.

    >>> require("jinja2").__name__
    'jinja2'
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise PasserbyError(
            f"reports need {module.partition('.')[0]}, which is not installed; "
            "run: pip install 'passerby[reports]'"
        ) from error
