"""The ablation tables of papers: which rows they have, and what the papers print beside them."""

from passerby.core.errors import PasserbyError
from passerby.models.backbones import XCEPTION
from passerby.pipelines.ablation_table import Row, Schedule, Table

CCSC_TABLES = Table(
    title="CCSC, tables 1 to 3",
    source=(
        "Zhao et al., Learning Cross Camera Invariant Features with CCSC Loss for Person "
        "Re-identification, ICIG 2019"
    ),
    method="CCSC",
    schedules={
        "CCSC": Schedule("ccsc-market1501", 100, {"warmup_epochs": 5, "milestones": (35, 55)})
    },
    rows=(
        Row(
            "identification",
            "identification",
            {"ccsc": False},
            published={
                "CUHK03 labelled": (63.8, 60.8),
                "CUHK03 detected": (60.4, 56.6),
                "Market-1501": (91.4, 77.9),
                "MSMT17": (69.0, 40.7),
                "DukeMTMC-reID": (82.8, 66.9),
            },
        ),
        Row(
            "ccsc",
            "+ CCSC",
            published={
                "CUHK03 labelled": (73.6, 70.8),
                "CUHK03 detected": (70.4, 66.8),
                "Market-1501": (92.1, 81.8),
                "MSMT17": (72.7, 45.4),
                "DukeMTMC-reID": (85.0, 69.8),
            },
        ),
        Row("every-pair", "+ CCSC of every pair (as printed, i = j too)", {"cross_camera": False}),
        Row(
            "every-other-pair",
            "+ CCSC of every pair but i = j",
            {"cross_camera": False, "self_pairs": False},
        ),
        Row("triplet", "+ triplet", {"ccsc": False, "triplet": True}),
        Row("centre", "+ centre", {"ccsc": False, "centre": True}),
        Row("ccsc-triplet", "+ CCSC + triplet", {"triplet": True}),
    ),
    remark=(
        "The triplet loss's margin (0.3) and the centre loss's weight (0.0005) are ours; the paper "
        "states neither."
    ),
)

_PART, _GLOBAL, _RANKING = ({f"{branch}_branch": False} for branch in ("part", "global", "ranking"))
"""What switches a branch of Deep-Person off."""

DEEP_PERSON_TABLES = Table(
    title="Deep-Person, tables 4, 6 and 7",
    source=(
        "Bai et al., Deep-Person: Learning Discriminative Deep Features for Person "
        "Re-Identification, Pattern Recognition 2020"
    ),
    method="DeepPerson",
    schedules={
        "DeepPerson": Schedule(
            "deep_person-market1501", 150, {"decay_start": 100, "decay_end": 150}
        )
    },
    rows=(
        Row("global", "global (tables 6, 7)", _PART | _RANKING),
        Row("rows", "parts without LSTM (table 4)", _GLOBAL | _RANKING | {"lstm": False}),
        Row("part", "parts with LSTM (tables 4, 7)", _GLOBAL | _RANKING),
        Row("rows-global", "global + parts without LSTM", _RANKING | {"lstm": False}),
        Row("part-global", "global + parts (table 7)", _RANKING),
        Row("ranking", "ranking (table 6)", _PART | _GLOBAL),
        Row("global-ranking", "global + ranking (table 6)", _PART),
        Row(
            "all",
            "all three",
            published={"Market-1501": (92.31, 79.58), "DukeMTMC-reID": (80.90, 64.80)},
        ),
        Row("all-joined", "all three, searched by f_c", embeds={"descriptor": "f_c"}),
    ),
    remark=(
        "Searched by f_m, also where nothing is learnt on it. Without LSTM a part has a fully "
        "connected layer of 256 units."
    ),
)

_LOCAL = {False: ("", "global only"), True: ("-local", "+ local")}
_MUTUAL = {
    "classification": "+ classification mutual loss",
    "both": "+ classification and metric mutual losses",
}

ALIGNED_TABLE = Table(
    title="AlignedReID, table 2",
    source=(
        "Zhang et al., AlignedReID: Surpassing Human-Level Performance in Person "
        "Re-Identification, arXiv 2017"
    ),
    method="AlignedReID",
    schedules={
        "AlignedReID": Schedule(
            "aligned_reid-market1501",
            240,
            {"milestones": (80, 160), "batches_per_epoch": None},
        ),
        "AlignedMutual": Schedule(
            "aligned_mutual-market1501",
            180,
            {"milestones": (60, 120), "batches_per_epoch": None},
        ),
    },
    rows=(
        *(
            Row(
                f"{word.lower()}{key}",
                f"{word}, {name}",
                {"backbone": backbone, "local": local},
            )
            for word, backbone in (("ResNet-50", "resnet50"), ("Xception", XCEPTION))
            for local, (key, name) in _LOCAL.items()
        ),
        *(
            Row(
                f"{word.lower()}{key}-{mutual}",
                f"{word}, {name}, {losses}",
                {"backbones": ["resnet50", XCEPTION], "local": local, "mutual": mutual},
                {"student": student},
                "AlignedMutual",
                {
                    ("ResNet-50", True, "both"): {
                        "MARS": (86.8, 79.1),
                        "CUHK-SYSU": (95.3, 93.7),
                    },
                    ("Xception", True, "both"): {"Market-1501": (92.6, 82.3)},
                }.get((word, local, mutual), {}),
            )
            for student, word in ((1, "ResNet-50"), (2, "Xception"))
            for local, (key, name) in _LOCAL.items()
            for mutual, losses in _MUTUAL.items()
        ),
    ),
    remark=(
        "Xception is ResNet-50-Xception, of which no ImageNet weights are public: it begins with "
        "random ones. Two students that teach each other are one training and two rows."
    ),
)

TABLES: dict[str, Table] = {
    "ccsc": CCSC_TABLES,
    "deep-person": DEEP_PERSON_TABLES,
    "aligned-reid": ALIGNED_TABLE,
}
"""What the command line calls a table -> the table."""


def table_named(name: str) -> Table:
    """The table of that name. Raises PasserbyError listing them when there is none.

    >>> table_named("ccsc").rows[0].name
    'identification'
    """
    if name not in TABLES:
        raise PasserbyError(f"there is no table {name!r}; choose one of {', '.join(TABLES)}")
    return TABLES[name]
