"""What is served needs FastAPI, Uvicorn and Jinja2, which come with the extra `server`."""

import importlib
from types import ModuleType

from passerby.core.errors import PasserbyError


def require(module: str) -> ModuleType:
    """Import a module of the extra `server`; PasserbyError says how to install it.

    >>> require("fastapi").__name__
    'fastapi'
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise PasserbyError(
            f"serving pages needs {module.partition('.')[0]}, which is not installed; "
            "run: pip install 'passerby[server]'"
        ) from error
