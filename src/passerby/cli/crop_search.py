"""`passerby crop-search`: measure a model on the galleries that CUHK-SYSU gives each query."""

import json

from passerby.cli.progress import progress_bar


def main(arguments: list[str]) -> int:
    """Run `passerby crop-search ARGUMENTS`, print the scores and return the exit status."""
    from jsonargparse import ArgumentParser

    from passerby.metrics.figures import FIGURES, figure
    from passerby.pipelines.crop_search import crop_search
    from passerby.reports.words import counted

    parser = ArgumentParser(
        prog="passerby crop-search",
        description="Search each query of CUHK-SYSU in the true boxes of its own gallery.",
    )
    parser.add_function_arguments(crop_search, as_positional=True, skip={"progress"})
    parser.add_argument("--json", action="store_true", help="print JSON instead of words")
    given = parser.parse_args(arguments).as_dict()
    as_json = given.pop("json")
    with progress_bar("embedding") as advance:
        scores = crop_search(**given, progress=advance)
    figures = {name: figure(name, scores) for name in FIGURES}
    if as_json:
        about = {"protocol": scores.protocol, "queries": scores.queries, "gallery": scores.gallery}
        print(json.dumps(about | figures, indent=2))
        return 0
    for name, (label, _) in FIGURES.items():
        print(f"{label:<14} {100 * figures[name]:5.1f} %")
    asked = counted(scores.queries, "query", "queries")
    most = counted(scores.gallery, "box", "boxes")
    print(f"{asked}, {scores.skipped:,} skipped; {most} in the largest gallery")
    return 0
