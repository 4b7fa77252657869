"""`passerby cross-dataset`: what models make of data sets that they did not learn from."""

from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run `passerby cross-dataset ARGUMENTS` and return its exit status."""
    from jsonargparse import ArgumentParser

    from passerby.pipelines.cross_dataset import cross_dataset, write_cross_dataset

    parser = ArgumentParser(
        prog="passerby cross-dataset",
        description="Scores of runs by what they learnt from and what they were measured on.",
    )
    parser.add_argument("runs", nargs="+", type=Path, help="run folders, each measured already")
    parser.add_argument("--protocol", default="", help="only evaluations under these rules")
    parser.add_argument("--rerank", default="", help="only evaluations by these re-ranking steps")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--html", type=Path | None, metavar="PAGE", help="write a page as well")
    given = parser.parse_args(arguments)
    found = cross_dataset(given.runs, given.protocol, given.rerank)
    print(found.to_json() if given.json else f"rank-1 / mAP in per cent\n\n{found}")
    if given.html:
        written = write_cross_dataset(found, given.html)
        if not given.json:
            print(f"written to {written}")
    return 0
