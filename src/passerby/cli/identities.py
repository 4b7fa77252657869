"""`passerby identities`: say who is who in a gallery, and learn from what humans confirmed."""

import sys
from pathlib import Path

from passerby.cli.identity_options import (
    add_knowledge,
    gallery_parser,
    given_rules,
    knowledge,
    named_file,
    pairs_of,
)

_USAGE = """\
usage: passerby identities ACTION GALLERY ...

actions:
  calibrate GALLERY        learn from which distance on two tracklets show one person
  associate GALLERY        say of every new tracklet whom it shows, somebody known or somebody new
  suggest GALLERY          people who may be one, people who may be two
  times GALLERY            learn how long people take between cameras
  graph GALLERY            print how long people take between cameras
  export-labels GALLERY    write what humans confirmed as a data set to train on
"""


def main(arguments: list[str]) -> int:
    """Run `passerby identities ARGUMENTS` and return its exit status."""
    actions = {
        "calibrate": _calibrate,
        "associate": _associate,
        "suggest": _suggest,
        "times": _times,
        "graph": _graph,
        "export-labels": _export_labels,
    }
    if arguments and arguments[0] in actions:
        return actions[arguments[0]](arguments[1:])
    asked = bool(arguments) and arguments[0] in ("-h", "--help")
    print(_USAGE, end="", file=sys.stdout if asked else sys.stderr)
    return 0 if asked else 2


def _calibrate(arguments: list[str]) -> int:
    from passerby.gallery.opening import open_gallery
    from passerby.pipelines.identities import Rules
    from passerby.pipelines.identity_calibration import calibrate_gallery, calibrate_run
    from passerby.pipelines.identity_times import CameraTimes

    parser = gallery_parser(
        "calibrate",
        "Learn a threshold from what humans confirmed in the gallery, or, with --run, from a data "
        "set that was measured with the gallery's model.",
    )
    parser.add_argument(
        "--run", type=Path | None, help="run folder of `passerby evaluate` to learn from instead"
    )
    parser.add_argument("--evaluation", type=str, default="", help="which of the run's evaluations")
    parser.add_argument(
        "--far", type=float | None,
        help="share of the pairs of different people that may be taken for one, such as 0.001; by "
        "default the threshold with the best identity F1",
    )  # fmt: skip
    parser.add_argument("--times", type=Path | None, help="file of `identities times`")
    parser.add_argument("--overlapping", action="append", default=[], metavar="CAMERA,CAMERA")
    parser.add_argument("--out", type=Path | None, help="by default GALLERY/calibration.json")
    given = parser.parse_args(arguments)
    out = named_file(given.out, given.gallery, "calibration.json")
    rules = Rules(overlapping=pairs_of(given.overlapping))
    times = None if given.times is None else CameraTimes.load(given.times)
    with open_gallery(given.gallery) as gallery:
        if given.run is not None:
            made = calibrate_run(given.run, given.evaluation, given.far)
            made.require_model(gallery.model.name, gallery.model.hash)
        else:
            made = calibrate_gallery(gallery, given.far, times, rules)
    made.save(out)
    print(
        f"threshold {made.threshold:.4f} ({made.metric}), learnt from {made.tracklets} tracklets "
        f"of {made.people} people: {made.source}"
    )
    reached = "" if made.f1 is None else f"; identity F1 {100 * made.f1:.1f} %"
    print(
        f"accepts {100 * made.tpr:.1f} % of {made.same:,} pairs of one person and "
        f"{100 * made.far:.2g} % of {made.different:,} of different people{reached}"
    )
    print(f"written to {out}")
    return 0


def _associate(arguments: list[str]) -> int:
    from passerby.cli.progress import progress_bar
    from passerby.gallery.opening import open_gallery
    from passerby.pipelines.identities import associate

    parser = gallery_parser(
        "associate", "Say of every tracklet that is nobody's yet whom it shows."
    )
    add_knowledge(parser)
    parser.add_argument("--threshold", type=float | None, help="instead of the calibration's")
    parser.add_argument("--dry", action="store_true", help="print, and write nothing")
    given = parser.parse_args(arguments)
    calibration, times = knowledge(given)
    rules = given_rules(given)
    with open_gallery(given.gallery) as gallery, progress_bar("associating") as advance:
        done = associate(
            gallery, calibration, times, threshold=given.threshold, rules=rules,
            dry=given.dry, progress=advance,
        )  # fmt: skip
    if given.dry:
        for tracklet, person in done.people.items():
            print(f"{tracklet}  {person}")
    would = "would be " if given.dry else ""
    print(
        f"{len(done.people)} tracklets: {done.recognised} {would}of people who were known, "
        f"{len(done.people) - done.recognised} {would}of {len(done.new)} new people"
    )
    return 0


def _suggest(arguments: list[str]) -> int:
    from passerby.gallery.opening import open_gallery
    from passerby.pipelines.identity_suggestions import merge_suggestions, split_suggestions

    parser = gallery_parser("suggest", "People who may be one, and people who may be two.")
    add_knowledge(parser)
    parser.add_argument("--top", type=int, default=20, help="how many of each")
    parser.add_argument("--least", type=float, default=0.1, help="lowest probability of a merge")
    given = parser.parse_args(arguments)
    calibration, times = knowledge(given)
    rules = given_rules(given)
    with open_gallery(given.gallery) as gallery:
        names = {p.id: f"{p.id} ({p.name})" if p.name else p.id for p in gallery.people()}
        found = merge_suggestions(
            gallery, given.top, calibration, times, least=given.least, rules=rules
        )
        found += split_suggestions(gallery, given.top, calibration, times, rules=rules)
    for one in found:
        subjects = " and ".join([names[person] for person in one.people])
        which = " ".join(one.tracklets)
        words = {
            "merge": f"{subjects} may be one person",
            "add": f"{which} may show {subjects}",
            "split": f"{subjects}: somebody else may be in {which}",
        }[one.kind]
        print(f"{100 * one.probability:5.1f} %  {one.distance:.4f}  {words}")
    print(f"{len(found)} suggestions")
    return 0


def _times(arguments: list[str]) -> int:
    from passerby.gallery.opening import open_gallery
    from passerby.pipelines.identity_times import CameraTimes, known_stays

    parser = gallery_parser("times", "Learn how long people take between the cameras of a gallery.")
    parser.add_argument("--out", type=Path, required=True, help="the file to write, JSON")
    parser.add_argument(
        "--confirmed", type=bool, default=True,
        help="learn from what humans confirmed alone; false: from all people of the gallery",
    )  # fmt: skip
    parser.add_argument("--bin_seconds", type=float, default=2.0, help="width of a bin of time")
    parser.add_argument("--smoothing", type=float, default=4.0, help="in bins")
    given = parser.parse_args(arguments)
    with open_gallery(given.gallery) as gallery:
        stays = known_stays(gallery, given.confirmed)
    learnt = CameraTimes.learn(stays, given.bin_seconds, given.smoothing)
    learnt.save(given.out)
    print(
        f"times between {len(learnt.names)} cameras, {len(learnt.times.pairs)} directions, learnt "
        f"from {len(stays)} tracklets; written to {given.out}"
    )
    return 0


def _graph(arguments: list[str]) -> int:
    from rich.console import Console
    from rich.table import Table

    from passerby.gallery.opening import open_gallery
    from passerby.pipelines.identity_times import gallery_graph
    from passerby.ranking.camera_graph import QUANTILES

    parser = gallery_parser(
        "graph", "How many people go from camera to camera, and how long they take."
    )
    parser.add_argument("--confirmed", type=bool, default=False, help="only what humans confirmed")
    given = parser.parse_args(arguments)
    with open_gallery(given.gallery) as gallery:
        passages = gallery_graph(gallery, given.confirmed)
    if not passages:
        print("nobody is known to have gone from one camera with a clock to another")
        return 0
    table = Table(title="seconds from camera to camera")
    for name in ("from", "to", "seen", *(f"{100 * q:.0f} %" for q in QUANTILES)):
        table.add_column(name, justify="left" if name in ("from", "to") else "right")
    for one in passages:
        table.add_row(
            one.start, one.end, f"{one.count:,}", *(f"{value:.1f}" for value in one.seconds)
        )
    Console().print(table)
    return 0


def _export_labels(arguments: list[str]) -> int:
    from passerby.gallery.opening import open_gallery
    from passerby.pipelines.identity_labels import export_labels

    parser = gallery_parser(
        "export-labels", "Write what humans confirmed as a data set to train on."
    )
    parser.add_argument("--out", type=Path, required=True, help="a new folder")
    parser.add_argument(
        "--given_only", action="store_true", help="only people who gave their consent"
    )
    given = parser.parse_args(arguments)
    with open_gallery(given.gallery) as gallery:
        made = export_labels(gallery, given.out, given.given_only)
    withheld = f"; {made.withheld} people left out for their consent" if made.withheld else ""
    print(f"{made.crops} crops of {made.people} people, {made.tracklets} tracklets{withheld}")
    print(f"train on them: passerby train --data.dataset csv --data.root {made.table} ...")
    return 0
