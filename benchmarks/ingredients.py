"""What each ingredient of the rendered world gives: learn without it, and look for real people.

    PASSERBY_REAL_DATA=DIR python benchmarks/ingredients.py FOLDER [--only ROW ...] [--epochs N]

Each row begins with the same learnt weights (--begin, of the network --backbone) and goes on by
recipes/bag_of_tricks-union-finer.yaml in ten worlds, all alike but for the ingredient that is
missing: a score below that of the whole world is what is unlearnt without it. From random weights
nothing shows unless rows learn for hours: until then they know little more than colours. The
columns are rank-1 / mAP of people who were never seen in learning: CUHK01's 485 training people (to
choose by) and 486 test people, one query and one gallery picture each, the mean of ten draws; and
143 of CUHK03's first pair, where camera A searches camera B. A row that was interrupted goes on
where it stopped, one that has a result is not learnt again; --table prints what is there. Give
--only with OMP_NUM_THREADS=1 to learn rows side by side, one in each process.
"""

from learnt import is_done, learn, parser_of, print_table, render_world, settings_of
from passerby.data.synthetic.ingredients import INGREDIENTS
from passerby.models.shipped import RENDERED
from real_people import development, real_data, tests

ROWS = {"all": "", **{f"no-{name}": name for name in INGREDIENTS}, "bare": "+".join(INGREDIENTS)}
CALLED = {row: f"without {name}" for row, name in ROWS.items()}
CALLED |= {"all": "the whole world", "bare": "with none of them"}
STYLES = ("town", "plaza", "mall", "campus", "street", "station", "park", "night", "rain", "snow")


def main() -> None:
    about, worlds = __doc__ or "", [f"{style}:1" for style in STYLES]
    parser = parser_of(
        about,
        list(ROWS),
        worlds=worlds,
        people=150,
        test_people=2,
        begin=RENDERED,
        backbone="osnet_x0_5",
    )
    given = parser.parse_args()
    if given.folder is None:
        print("skipped: it takes hours; name a folder for worlds, runs and results")
        return
    root = real_data()
    if root is None:
        return
    settings = settings_of(given)
    asked = [development(root), *tests(root)]
    for row in [] if given.table else given.only:
        if is_done(given.folder, row, settings):
            continue
        there = given.folder / "worlds" / row
        for world in settings.worlds:
            render_world(there / named(world), world, settings, given.workers, ROWS[row])
        sets = ",".join(f"rendered:{named(world)}" for world in settings.worlds)
        learn(given.folder, row, settings, sets, there, asked)
    rows = {row: (CALLED[row], settings) for row in ROWS}
    print_table(given.folder, rows, [test.name for test in asked])


def named(world: str) -> str:
    """The folder of a world, without the colon that parts names in a union."""
    return world.replace(":", "-")


if __name__ == "__main__":
    main()
