"""How hard worlds are, rendered and real: learn in one, look for people in another.

    PASSERBY_REAL_DATA=DIR python benchmarks/difficulty.py FOLDER [--worlds A B] [--only ROW ...]

Rows: OSNet x0.25 from random weights, by recipes/bag_of_tricks-union.yaml, having learnt from
people of rendered world A or B, CUHK01's 485 training people, or 600 of CUHK03's first pair; all
for as many batches. Columns: rank-1 / mAP of others: new people of world A and of world B (the
first picture by each camera is a query, the others are the gallery), CUHK01's 486 test people (one
query and one gallery picture each, the mean of ten draws) and 143 of the first pair, where camera
A searches camera B. A row that was interrupted goes on where it stopped, one that has a result is
not learnt again; --table prints what is there.
"""

from learnt import is_done, learn, parser_of, print_table, render_world, settings_of
from passerby.data.synthetic.crops import rendered
from real_people import Test, real_data, tests

REAL = {"cuhk01": "cuhk01:cuhk01", "pair1": "cuhk03_pair1:cuhk03-pair1"}
ROWS = ("A", "B", *REAL)


def main() -> None:
    parser = parser_of(
        __doc__ or "", ROWS, worlds=["plaza:1", "station:1"], people=485, test_people=200,
        batches=90,
    )  # fmt: skip
    given = parser.parse_args()
    if given.folder is None:
        print("skipped: it takes hours; name a folder for worlds, runs and results")
        return
    if len(given.worlds) != 2:
        parser.error("name two worlds, as --worlds plaza:1 station:1")
    root = real_data()
    if root is None:
        return
    settings, worlds = settings_of(given), given.folder / "worlds"
    names = [world.replace(":", "-") for world in settings.worlds]
    asked = [*tests(root)]
    for place, (name, world) in enumerate(zip(names, settings.worlds, strict=True)):
        if not given.table:
            render_world(worlds / name, world, settings, given.workers, "")
            one = rendered(worlds / name)
            asked.insert(place, Test(world, ((one.query, one.gallery),)))
    for row in [] if given.table else given.only:
        if is_done(given.folder, row, settings):
            continue
        if row in REAL:
            learn(given.folder, row, settings, REAL[row], root / "data", asked)
        else:
            sets = f"rendered:{names[ROWS.index(row)]}"
            learn(given.folder, row, settings, sets, worlds, asked)
    columns = [*settings.worlds, *(test.name for test in tests(root))]
    called = (*settings.worlds, "CUHK01's 485", "pair 1's 600")
    rows = {row: (name, settings) for row, name in zip(ROWS, called, strict=True)}
    print_table(given.folder, rows, columns)


if __name__ == "__main__":
    main()
