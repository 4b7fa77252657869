"""Server-sent events, as the HTML standard writes them."""

COMMENT = ": alive\n\n"
"""Says nothing, and keeps a connection from being taken for dead."""


def event(kind: str, id: int, data: str) -> str:
    r"""One event; a browser that connects again sends the last `id` it has seen.

    >>> event("progress", 3, '{"done": 1}')
    'event: progress\nid: 3\ndata: {"done": 1}\n\n'
    """
    lines = "".join(f"data: {line}\n" for line in data.splitlines())
    return f"event: {kind}\nid: {id}\n{lines}\n"
