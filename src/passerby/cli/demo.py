"""`passerby demo`: the three journeys on a rendered world, on one page, and then the service."""

import os
import sys
import webbrowser
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run `passerby demo ARGUMENTS`, then serve the demo's gallery.

    Where there is no display, the service is pictured and ends; Chromium is needed for that.
    """
    from jsonargparse import ArgumentParser

    from passerby.pipelines.demo import demo

    parser = ArgumentParser(
        prog="passerby demo",
        description="Render a world, learn, measure and find, and show it all on one page.",
    )
    parser.add_function_arguments(demo, skip={"tell"})
    parser.add_argument("--no-serve", action="store_true", help="end when the page is made")
    given = vars(parser.parse_args(arguments))
    serve = not given.pop("no_serve")
    done = demo(**given, tell=_tell)
    spent = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in done.seconds.items())
    print(f"\n{spent}; {sum(done.seconds.values()) / 60:.1f} minutes in all\n")
    print(f"the page:    {done.page.resolve()}")
    print(f"go on with:  passerby search {done.query} --gallery {done.gallery}")
    print(f"             passerby report {done.run}")
    print(f"             passerby serve {done.gallery} --detector motion", flush=True)
    displayed = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if displayed or sys.platform == "darwin":
        webbrowser.open(done.page.resolve().as_uri())
        if serve:
            _serve(done.gallery)
    elif serve:
        _picture(done.gallery, done.query, done.page.with_name("service.png"))
    return 0


def _serve(gallery: Path) -> None:
    """Until Ctrl+C."""
    from passerby.server.gallery_serve import serve_gallery

    def tell(line: str) -> None:
        if line.startswith("http"):
            webbrowser.open(line)
        _tell(line)

    print("\nthe service on the demo's gallery:")
    serve_gallery(str(gallery), port=0, detector="motion", ingest=False, tell=tell)


def _picture(gallery: Path, query: Path, out: Path) -> None:
    from passerby.server.page_picture import browser_here, page_picture

    if browser_here() is None:
        print("no display, and no Chromium with playwright: the service's page is not pictured")
        return
    secret = page_picture(gallery, query, out)
    print(f"its page:    {out.resolve()}")
    if secret:
        print(f"an admin's key, shown this once: {secret}")


def _tell(line: str) -> None:
    print(line, flush=True)
