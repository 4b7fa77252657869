"""Models that come with Passerby: nothing is fetched for them."""

from pathlib import Path

from passerby.core.errors import PasserbyError

SHIPPED = Path(__file__).parent / "weights_shipped"
"""A folder for each model, called as it is: model.safetensors and card.md."""

RENDERED = "osnet_x0_5_rendered"
"""A small OSNet that has learnt from rendered people alone; see its card.md."""


def shipped_names() -> list[str]:
    """Models that come with this installation.

    >>> RENDERED in shipped_names()
    True
    """
    return sorted(file.parent.name for file in SHIPPED.glob("*/model.safetensors"))


def shipped(name: str) -> Path:
    """The folder of a shipped model.

    Raises PasserbyError when there is no such model, or the installation is not whole.

    >>> sorted(file.name for file in shipped(RENDERED).iterdir())
    ['card.md', 'model.safetensors']
    """
    if not (SHIPPED / name / "model.safetensors").is_file():
        raise PasserbyError(
            f"Passerby comes with no model {name!r}; it should come with {RENDERED}: where that is "
            "missing, install Passerby again"
        )
    return SHIPPED / name
