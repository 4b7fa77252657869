"""Pages out of templates."""

from collections.abc import Callable
from pathlib import Path

from passerby.server.extras import require


def pages(folder: Path) -> Callable[..., str]:
    """A function (template, **values) -> text over the templates of a folder; values are escaped.

    Raises PasserbyError when jinja2 is not installed.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "hello.html").write_text("Hello {{ name }}")
    16
    >>> pages(folder)("hello.html", name="<b>")
    'Hello &lt;b&gt;'
    """
    jinja2 = require("jinja2")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return lambda template, **values: environment.get_template(template).render(**values)
