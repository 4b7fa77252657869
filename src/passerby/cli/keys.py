"""`passerby keys`: who may use a gallery through its service."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from passerby.gallery.keys import Key

_USAGE = """\
usage: passerby keys ACTION GALLERY ...

GALLERY is a folder, or postgresql://USER:PASSWORD@HOST/NAME

actions:
  make GALLERY NAME     a new key; its secret is shown once
  list GALLERY          all keys, without their secrets
  revoke GALLERY NAME   end a key at once and for good
"""


def main(arguments: list[str]) -> int:
    """Run `passerby keys ARGUMENTS` and return its exit status."""
    if arguments and arguments[0] in _ACTIONS:
        return _ACTIONS[arguments[0]](arguments[1:])
    asked = bool(arguments) and arguments[0] in ("-h", "--help")
    print(_USAGE, end="", file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


def _make(arguments: list[str]) -> int:
    from jsonargparse import ArgumentParser

    from passerby.gallery.opening import open_gallery
    from passerby.gallery.times import format_time

    parser = ArgumentParser(prog="passerby keys make")
    parser.add_argument("gallery", metavar="GALLERY", help=_GALLERY)
    parser.add_argument("name", metavar="NAME", help="whose key it is; the audit log says it")
    told = "viewer (searches and looks), operator (also changes), admin (also makes keys)"
    parser.add_argument(
        "--role", choices=["viewer", "operator", "admin"], default="viewer", help=told
    )
    days = "for how many days it holds; null for ever"
    parser.add_argument("--days", type=float | None, default=90.0, help=days)
    given = parser.parse_args(arguments)
    with open_gallery(given.gallery) as store:
        from passerby.gallery.audit import Audit
        from passerby.gallery.keys import Keys

        key, secret = Keys(store.database).make(given.name, given.role, given.days)
        about = {"key": key.name, "role": key.role}
        Audit(store.database).write("command line", "make key", detail=about)
    until = "it does not expire" if key.expires is None else f"until {format_time(key.expires)}"
    print(f"key {key.name!r}, {key.role}, {until}. Nobody can show it again:", file=sys.stderr)
    print(secret)
    return 0


def _list(arguments: list[str]) -> int:
    from jsonargparse import ArgumentParser

    from passerby.gallery.opening import open_gallery

    parser = ArgumentParser(prog="passerby keys list")
    parser.add_argument("gallery", metavar="GALLERY", help=_GALLERY)
    with open_gallery(parser.parse_args(arguments).gallery) as store:
        from passerby.gallery.keys import Keys

        keys = Keys(store.database).all()
    if not keys:
        print("there are no keys; make one with passerby keys make")
        return 0
    print(f"{'name':<20}  {'role':<8}  {'begins':<13}  {'state':<30}  last used")
    for key in keys:
        used = "never" if key.last_used is None else _when(key.last_used)
        print(f"{key.name:<20}  {key.role:<8}  {key.hint:<13}  {_state(key):<30}  {used}")
    return 0


def _revoke(arguments: list[str]) -> int:
    from jsonargparse import ArgumentParser

    from passerby.gallery.opening import open_gallery

    parser = ArgumentParser(prog="passerby keys revoke")
    parser.add_argument("gallery", metavar="GALLERY", help=_GALLERY)
    parser.add_argument("name", metavar="NAME", help="which key")
    given = parser.parse_args(arguments)
    with open_gallery(given.gallery) as store:
        from passerby.gallery.audit import Audit
        from passerby.gallery.keys import Keys

        key = Keys(store.database).revoke(given.name)
        Audit(store.database).write("command line", "revoke key", detail={"key": key.name})
    print(f"key {key.name!r} holds no more")
    return 0


def _state(key: "Key") -> str:
    import time

    if key.revoked is not None:
        return f"revoked {_when(key.revoked)}"
    if key.expires is None:
        return "holds"
    holds = key.holds(time.time())
    return f"{'holds until' if holds else 'expired'} {_when(key.expires)}"


def _when(seconds: float) -> str:
    from passerby.gallery.times import format_time

    return format_time(seconds)[:16].replace("T", " ")


_GALLERY = "the gallery's folder, or postgresql://USER:PASSWORD@HOST/NAME"

_ACTIONS: dict[str, Callable[[list[str]], int]] = {"make": _make, "list": _list, "revoke": _revoke}
