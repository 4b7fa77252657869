"""`passerby report`: turn a run into one HTML page."""


def main(arguments: list[str]) -> int:
    """Run `passerby report ARGUMENTS`, print the page's path and return the exit status."""
    from jsonargparse import ArgumentParser

    from passerby.pipelines.report import report

    parser = ArgumentParser(
        prog="passerby report", description="Turn a run's evaluations into one HTML page."
    )
    parser.add_function_arguments(report, as_positional=True, skip={"compare"})
    parser.add_argument(
        "--compare",
        action="append",
        default=[],
        metavar="RUN",
        help="another run folder, to show beside it; can be repeated",
    )
    print(report(**parser.parse_args(arguments).as_dict()))
    return 0
