"""`passerby`: choose the command, run it, turn errors into plain words."""

import importlib
import logging
import sys
from collections.abc import Callable

from passerby import __version__

# Command -> (module that holds its `main(arguments) -> exit status`, summary). The modules are
# imported only when their command runs, so that `passerby --help` answers at once.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("passerby.cli.demo", "render a world, learn, measure and find, on one page"),
    "data": ("passerby.cli.data", "statistics, pre-flight check and rendering of data sets"),
    "train": ("passerby.cli.train", "learn an embedding from a recipe"),
    "evaluate": ("passerby.cli.evaluate", "measure a model on a data set"),
    "report": ("passerby.cli.report", "turn a run into one HTML page"),
    "cross-dataset": ("passerby.cli.cross_dataset", "scores where models did not learn"),
    "crop-search": ("passerby.cli.crop_search", "measure a model on CUHK-SYSU's own galleries"),
    "response-maps": ("passerby.cli.response_maps", "where in pictures models look"),
    "benchmark": ("passerby.cli.benchmark", "run the ablation tables of papers"),
    "human-study": ("passerby.cli.human_study", "have people answer what a model was asked"),
    "align": ("passerby.cli.align", "draw how two pictures are matched part by part"),
    "export": ("passerby.cli.export", "write a model for a faster runtime, proven against it"),
    "ingest": ("passerby.cli.ingest", "find the people in videos and add them to a gallery"),
    "search": ("passerby.cli.search", "find a person in a gallery"),
    "gallery": ("passerby.cli.gallery", "look into a gallery, and forget people"),
    "serve": ("passerby.cli.serve", "search a gallery on a page, behind keys"),
    "identities": (
        "passerby.cli.identities",
        "say who is who in a gallery, and learn from what humans confirmed",
    ),
    "keys": ("passerby.cli.keys", "make, list and revoke the keys of the service"),
    "score-tracks": (
        "passerby.cli.score_tracks",
        "detection and tracking scores of a video's boxes",
    ),
}


def usage() -> str:
    """What `passerby --help` prints."""
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:<{width}}  {summary}" for name, (_, summary) in COMMANDS.items())
    return (
        "usage: passerby COMMAND ...\n\n"
        "Find the same person again in other cameras.\n\n"
        f"commands:\n{commands}\n\n"
        "  --help      this text, or a command's: passerby COMMAND --help\n"
        "  --version   the version\n"
    )


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status.

    0 success; 1 the command found something wrong with the data; 2 the user can mend it (the
    message says how); 130 interrupted.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage(), end="")
        return 0
    if arguments[0] == "--version":
        print(f"passerby {__version__}")
        return 0
    command, rest = arguments[0], arguments[1:]
    if command not in COMMANDS:
        print(f"passerby: there is no command {command!r}\n\n{usage()}", end="", file=sys.stderr)
        return 2
    logging.basicConfig(format="passerby: %(message)s", level=logging.WARNING)
    run: Callable[[list[str]], int] = importlib.import_module(COMMANDS[command][0]).main
    # After the command's own imports: core needs torch, and --help must not wait for it.
    from passerby.core.errors import PasserbyError

    try:
        return run(rest)
    except PasserbyError as error:
        print(f"passerby: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("passerby: interrupted; run the same command again to go on", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
