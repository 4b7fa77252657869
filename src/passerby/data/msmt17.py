"""Reader of MSMT17, in its first and its second version."""

from pathlib import Path

from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample
from passerby.data.folders import require_layout
from passerby.data.splits import Splits

_LISTS = ["list_train.txt", "list_val.txt", "list_query.txt", "list_gallery.txt"]
_FOLDERS = [("train", "test"), ("mask_train_v2", "mask_test_v2")]


def msmt17(root: Path) -> Splits:
    """MSMT17: 4,101 people, 15 cameras, 32,621 training images (train and val together).

    Source: "Person transfer GAN to bridge domain gap for person re-identification" (Wei et al.,
    2018).

    `root` holds list_train.txt, list_val.txt, list_query.txt and list_gallery.txt, and the folders
    train and test (version 1) or mask_train_v2 and mask_test_v2 (version 2, faces masked). `val`
    is the official list: other images of the people in `train`.

    The lists count both training and test people from 0. Here training people count from 1, and
    test people go on after them, because they are other people.

    Raises PasserbyError when `root` has another layout or a list a line that does not parse.
    """
    version = require_layout(root, "MSMT17", [[*_LISTS, *folders] for folders in _FOLDERS])
    train, test = (root / folder for folder in _FOLDERS[version])
    learnt = _samples(root / "list_train.txt", train, first=1)
    val = _samples(root / "list_val.txt", train, first=1)
    after = max((sample.person for sample in learnt + val), default=0) + 1
    return Splits(
        name="msmt17",
        train=learnt,
        query=_samples(root / "list_query.txt", test, first=after),
        gallery=_samples(root / "list_gallery.txt", test, first=after),
        val=val,
    )


def _samples(listing: Path, folder: Path, first: int) -> tuple[Sample, ...]:
    """Lines such as "0000/0000_000_01_0303morning_0008_0.jpg 0": person 0, camera 1."""
    samples = []
    for number, line in enumerate(listing.read_text().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            name, person = line.rsplit(maxsplit=1)
            camera = int(Path(name).name.split("_")[2])
            samples.append(Sample(folder / name, int(person) + first, camera, dataset="msmt17"))
        except (ValueError, IndexError):
            raise PasserbyError(
                f"'{listing}', line {number}: {line!r} is not an image and a person as in "
                "'0000/0000_000_01_0303morning_0008_0.jpg 0'; take the list from the official "
                "archive again"
            ) from None
    return tuple(sorted(samples, key=lambda sample: sample.key))
