"""`passerby data render`: a world of people, written as crops, tracklets, frames or videos."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from passerby.data.stats import SplitStats

_ABOUT = """\
WORLD is a kind of place ({styles}), with a number behind a colon for another of the kind: plaza:7.
What is written already is kept, so that an interrupted run goes on where it stopped."""


def render(arguments: list[str], print_table: Callable[[str, "Sequence[SplitStats]"], None]) -> int:
    """Run `passerby data render ARGUMENTS` and return its exit status."""
    from jsonargparse import ArgumentParser

    from passerby.core.errors import PasserbyError
    from passerby.data.stats import stats
    from passerby.data.synthetic.frames import render_frames, render_videos
    from passerby.data.synthetic.layout import render_dataset
    from passerby.data.synthetic.styles import STYLES
    from passerby.data.synthetic.tracklets import render_tracklets

    layouts: dict[str, Callable[..., Any]] = {
        "crops": render_dataset,
        "tracklets": render_tracklets,
        "frames": render_frames,
        "videos": render_videos,
    }
    arguments = [_underscored(argument) for argument in arguments]
    layout = _layout(arguments, list(layouts))
    write = layouts[layout]
    parser = ArgumentParser(
        prog="passerby data render", description=_ABOUT.format(styles=", ".join(STYLES))
    )
    parser.add_argument("world", metavar="WORLD", help="kind of place, as plaza or plaza:7")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument(
        "--layout",
        choices=list(layouts),
        default="crops",
        help="Market-1501, MARS, CUHK-SYSU or MOTChallenge; other options follow it",
    )
    parser.add_argument("--seed", type=int, help="the number behind WORLD's colon")
    for flag, about in _FLAGS.items():
        parser.add_argument(f"--{flag}", action="store_true", help=about)
    parser.add_function_arguments(write, as_group=False, skip={"out", "style", "seed", *_FLAGS})
    given = parser.parse_args(arguments)
    options = {name: value for name, value in vars(given).items() if name not in _OWN}
    style, seed = _world(given.world, given.seed, list(STYLES))
    out = Path(given.out)
    if out.is_file():
        raise PasserbyError(f"{out} is a file; name a folder with --out")
    made = write(out, style=style, seed=seed, **options)
    if layout in ("crops", "tracklets"):
        print_table(str(out), stats(made))
    print(f"{_told(out)}; sheet.jpg shows some of it")
    return 0


_OWN = {"world", "out", "layout", "seed"}
_FLAGS = {
    "clothes_change": "people wear other clothes each time they come past a camera",
    "truth": "write parts, depth and key points of every picture too, in the folder truth",
}


def _underscored(argument: str) -> str:
    """--clothes-change as --clothes_change."""
    if not argument.startswith("--"):
        return argument
    name, sign, value = argument.partition("=")
    return "--" + name[2:].replace("-", "_") + sign + value


def _layout(arguments: list[str], known: list[str]) -> str:
    """The layout that is asked for, which decides what other options there are."""
    from passerby.core.errors import PasserbyError

    asked = "crops"
    for number, argument in enumerate(arguments):
        if argument == "--layout" and number + 1 < len(arguments):
            asked = arguments[number + 1]
        elif argument.startswith("--layout="):
            asked = argument.partition("=")[2]
    if asked not in known:
        raise PasserbyError(f"there is no layout {asked!r}; choose one of {', '.join(known)}")
    return asked


def _world(named: str, seed: int | None, styles: list[str]) -> tuple[str, int]:
    """Style and seed of "plaza" or "plaza:7".

    Raises PasserbyError when there is no such style, or two seeds are named.
    """
    from passerby.core.errors import PasserbyError

    style, colon, number = named.partition(":")
    if style not in styles:
        raise PasserbyError(
            f"there is no world {style!r}; choose one of {', '.join(styles)}, as in "
            "`passerby data render plaza --out DIR`"
        )
    if not colon:
        return style, seed or 0
    if not number.isdecimal():
        raise PasserbyError(f"{number!r} is no seed; write a whole number, as in {style}:7")
    if seed is not None and seed != int(number):
        raise PasserbyError(f"{named} and --seed {seed} are two worlds; leave one number out")
    return style, int(number)


def _told(out: Path) -> str:
    """What a folder holds, in words."""
    from passerby.data.synthetic.crops import WORLD_FILE

    note = json.loads((out / WORLD_FILE).read_text())
    return f"{out}: {note['layout']} of {note['world']['style']}:{note['world']['seed']}"
