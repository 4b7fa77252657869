"""`passerby demo`: the three journeys on a rendered world, on one page."""

import os
import sys
import webbrowser


def main(arguments: list[str]) -> int:
    """Run `passerby demo ARGUMENTS`, open the page where there is a display, print its path."""
    from jsonargparse import ArgumentParser

    from passerby.pipelines.demo import demo

    parser = ArgumentParser(
        prog="passerby demo",
        description="Render a world, learn, measure and find, and show it all on one page.",
    )
    parser.add_function_arguments(demo, skip={"tell"})
    done = demo(**vars(parser.parse_args(arguments)), tell=_tell)
    spent = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in done.seconds.items())
    print(f"\n{spent}; {sum(done.seconds.values()) / 60:.1f} minutes in all\n")
    print(f"the page:    {done.page.resolve()}")
    print(f"go on with:  passerby search {done.query} --gallery {done.gallery}")
    print(f"             passerby report {done.run}")
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform == "darwin":
        webbrowser.open(done.page.resolve().as_uri())
    return 0


def _tell(line: str) -> None:
    print(line, flush=True)
