"""`passerby benchmark`: run what papers and docs print, with one command a table."""

import sys

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
    parser.add_function_arguments(ablation, as_positional=True, skip={"tell", "rows"})
    parser.add_argument(
        "--rows", nargs="+", default=[], metavar="ROW", help="only these rows, by their keys"
    )
    given = parser.parse_args(arguments).as_dict()
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
