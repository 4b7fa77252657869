"""`passerby benchmark`: run what papers and docs print, with one command a table."""

import sys
from typing import Any

_USAGE = """\
usage: passerby benchmark ACTION ...

actions:
  ablation TABLE     learn and measure the rows of a paper's ablation table

  passerby benchmark ACTION --help lists the options of an action
"""


def main(arguments: list[str]) -> int:
    """Run `passerby benchmark ARGUMENTS` and return its exit status."""
    actions = {"ablation": _ablation}
    if arguments and arguments[0] in actions:
        return actions[arguments[0]](arguments[1:])
    asked = bool(arguments) and arguments[0] in ("-h", "--help")
    if arguments and not asked:
        print(f"passerby benchmark: there is no action {arguments[0]!r}\n", file=sys.stderr)
    print(_USAGE, end="", file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


def _ablation(arguments: list[str]) -> int:
    """Print the tables as they stand; 130, as for Ctrl-C, when the time was up before the end."""
    from jsonargparse import ArgumentParser

    from passerby.pipelines.ablation import ablation
    from passerby.pipelines.ablation_tables import TABLES

    parser = ArgumentParser(
        prog="passerby benchmark ablation",
        description=f"Learn and measure the rows of an ablation table: {', '.join(TABLES)}.",
    )
    arguments, settings = _parted(arguments)
    parser.add_function_arguments(ablation, as_positional=True, skip={"tell", "rows"})
    parser.add_argument(
        "--rows", nargs="+", default=[], metavar="ROW", help="only these rows, by their keys"
    )
    given = parser.parse_args(arguments).as_dict()
    given["settings"] = {**(given["settings"] or {}), **settings}
    found = ablation(**given, tell=lambda line: print(line, file=sys.stderr, flush=True))
    print(found.text)
    print(f"written to {found.folder}: table.json, table.md, table.html")
    if found.done < found.wanted:
        print(
            f"{found.done} of {found.wanted} are done; run the same command again to go on",
            file=sys.stderr,
        )
        return 130
    return 0


def _parted(arguments: list[str]) -> tuple[list[str], dict[str, Any]]:
    """The arguments without --settings.PART.NAME VALUE, and those settings by PART.NAME.

    The parser keeps only the last of several settings of one part.

    >>> _parted(["ccsc", "--settings.model.milestones", "[8,11]", "--settings.model.decay=0.2"])
    (['ccsc'], {'model.milestones': [8, 11], 'model.decay': 0.2})
    """
    import yaml

    from passerby.core.errors import PasserbyError

    prefix, rest, settings = "--settings.", list[str](), dict[str, Any]()
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if not word.startswith(prefix):
            rest.append(word)
            continue
        name, given, value = word.removeprefix(prefix).partition("=")
        if not given:
            if not waiting:
                raise PasserbyError(f"{word} has no value; write {word} VALUE")
            value = waiting.pop(0)
        settings[name] = yaml.safe_load(value)
    return rest, settings
