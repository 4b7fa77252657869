"""`passerby serve`: the service and its page."""


def main(arguments: list[str]) -> int:
    """Run `passerby serve ARGUMENTS` and return its exit status."""
    from jsonargparse import ArgumentParser

    from passerby.server.gallery_serve import serve_gallery

    parser = ArgumentParser(
        prog="passerby serve",
        description="Serve a gallery: find people on a page, and over HTTP, with access keys.",
    )
    parser.add_argument(
        "gallery", metavar="GALLERY", help="the gallery's folder, or the URL of its database"
    )
    for option, name, metavar, told in _REPEATED:
        parser.add_argument(
            option, dest=name, action="append", default=[], metavar=metavar, help=told
        )
    parser.add_argument(
        "--no-ingest", action="store_true", help="take no videos in; search and look only"
    )
    parser.add_function_arguments(
        serve_gallery, skip={"gallery", "allowed_hosts", "streams", "ingest", "tell"}
    )
    given = vars(parser.parse_args(arguments))
    ingest = not given.pop("no_ingest")
    serve_gallery(**given, ingest=ingest, tell=lambda line: print(line, flush=True))
    return 0


# A list of words would swallow a positional after it, so these are repeated.
_REPEATED = (
    (
        "--allowed-host", "allowed_hosts", "NAME",
        "a further name under which the service is reached, such as find.example.org; repeat it",
    ),
    (
        "--stream", "streams", "NAME=ADDRESS",
        "a live camera that may be taken in by the page; repeat it",
    ),
)  # fmt: skip
