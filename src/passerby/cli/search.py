"""`passerby search`: find a person in a gallery."""


def main(arguments: list[str]) -> int:
    """Run `passerby search ARGUMENTS` and return its exit status."""
    from jsonargparse import ArgumentParser

    from passerby.pipelines.search import search

    parser = ArgumentParser(
        prog="passerby search", description="Find a person in a gallery, most alike first."
    )
    parser.add_argument("image", metavar="IMAGE", help=_HELP["image"])
    for name in ("camera", "not_camera"):
        parser.add_argument(
            f"--{name}", action="append", default=[], metavar="NAME", help=_HELP[name]
        )
    parser.add_argument("--detect", action="store_true", help=_HELP["detect"])
    parser.add_function_arguments(search, skip={"image", "camera", "not_camera", "detect"})
    given = parser.parse_args(arguments)
    found = search(**vars(given))
    if not found.hits:
        print(f"nobody was found: {found.nobody}")
        return 0
    print(f"{'rank':>4}  {'distance':>8}  {'camera':<16}  {'from':<22}  {'for':>7}  tracklet")
    for rank, hit in enumerate(found.hits, start=1):
        entry = hit.entry
        lasted = f"{entry.end - entry.start:.1f} s"
        print(
            f"{rank:>4}  {hit.distance:>8.4f}  {entry.camera:<16}  {entry.when:<22}  {lasted:>7}  "
            f"{entry.id}"
        )
    if found.sheet:
        print(f"contact sheet: {found.sheet}")
    return 0


# What jsonargparse cannot derive: a positional, options that are repeated (a list of words would
# swallow a positional after it), and a bare flag.
_HELP = {
    "image": "picture of the person, cut to the outline; with --detect a whole frame",
    "camera": "only tracklets of this camera; repeat it for more cameras",
    "not_camera": "no tracklets of this camera; repeat it for more cameras",
    "detect": "find the largest person in the picture first",
}
