"""SYSU-MM01 against its evaluation program said in loops and its official lists; RegDB by hand."""

from pathlib import Path

import pytest
import torch
from scipy.io import loadmat, savemat
from tests.metrics.measuring import labelled, measured

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.data.matlab import open_hdf5
from passerby.metrics.cross_modal import REGDB, SYSU_PROTOCOLS, official_permutations, sysu_mm01
from passerby.metrics.retrieval import retrieval_scores
from passerby.ranking.plain import distances

CAMERAS = {"all": (1, 2, 4, 5), "indoor": (1, 2)}


def world(pictures: dict[tuple[int, int], int], seed: int = 0) -> tuple[Embeddings, Embeddings]:
    """Infrared queries and a visible gallery: (camera, person) -> number of pictures."""
    parts = []
    for cameras, name, modality in (((3, 6), "q", "infrared"), ((1, 2, 4, 5), "g", "visible")):
        labels = [
            (person, camera)
            for (camera, person), count in sorted(pictures.items())
            for _ in range(count)
            if camera in cameras
        ]
        generator = torch.Generator().manual_seed(seed + len(labels))
        features = torch.randn(len(labels), 8, generator=generator)
        features[:, 0] += torch.tensor([float(person) for person, _ in labels])
        parts.append(labelled(labels, features, name, modality))
    return parts[0], parts[1]


SMALL = {
    (camera, person): 12 + (camera + person) % 3
    for camera in range(1, 7)
    for person in (1, 2, 3, 7)
    if (camera, person) not in {(1, 7), (4, 7), (5, 7), (3, 1)}  # 7 is seen by camera 2 alone
}


def official(
    matrix: torch.Tensor, query: Embeddings, gallery: Embeddings
) -> tuple[list[float], float]:
    """CMC over people and mean AP over pictures, in the words of the evaluation program."""
    place = {1: 1, 2: 2, 3: 2, 4: 4, 5: 5, 6: 6}
    found = list(zip(gallery.persons.tolist(), gallery.cameras.tolist(), strict=True))
    asked = list(zip(query.persons.tolist(), query.cameras.tolist(), strict=True))
    matches, precisions = [0] * len({person for person, _ in found}), []
    for (person, camera), row in zip(asked, matrix, strict=True):
        order = row.argsort(stable=True).tolist()
        ranked = [found[g][0] for g in order if place[found[g][1]] != place[camera]]
        hits = [rank for rank, who in enumerate(ranked, start=1) if who == person]
        if not hits:
            continue
        precisions.append(sum(k / rank for k, rank in enumerate(hits, start=1)) / len(hits))
        matches[list(dict.fromkeys(ranked)).index(person)] += 1
    curve = torch.tensor(matches).cumsum(0) / len(precisions)
    return curve.tolist(), sum(precisions) / len(precisions)


@pytest.mark.parametrize("protocol", SYSU_PROTOCOLS, ids=lambda protocol: protocol.name)
@pytest.mark.parametrize("trial", [0, 9])
def test_scores_agree_with_the_evaluation_program(protocol, trial: int) -> None:
    query, gallery = protocol.prepare(*world(SMALL), trial)
    blocks = distances(query, gallery)
    scores = retrieval_scores(blocks, query, gallery, protocol)
    curve, mean_ap = official(blocks.matrix(), query, gallery)
    assert scores.cmc.tolist() == pytest.approx(curve)
    assert scores.mean_ap == pytest.approx(mean_ap)


@pytest.mark.parametrize("search", ["all", "indoor"])
@pytest.mark.parametrize("shots", [1, 10])
def test_draws(search, shots: int) -> None:
    protocol, (query, gallery) = sysu_mm01(search, shots), world(SMALL)
    everything = Embeddings.join([query, gallery])
    asked, drawn = protocol.prepare(everything, everything, 2)
    assert asked.keys == query.keys
    for camera in range(1, 7):
        for person in (1, 2, 3, 7):
            there = int(((drawn.cameras == camera) & (drawn.persons == person)).sum())
            wanted = camera in CAMERAS[search] and (camera, person) in SMALL
            assert there == (shots if wanted else 0)
    again, other = (protocol.prepare(query, gallery, trial)[1].keys for trial in (2, 3))
    assert drawn.keys == again
    assert drawn.keys != other


def test_camera_3_sees_nothing_of_camera_2() -> None:
    query = labelled([(1, 3), (1, 6)], name="q", modality="infrared")
    gallery = labelled([(1, 2), (2, 2), (1, 4)])
    right, no_rank = sysu_mm01().masks(query, gallery)
    assert right.tolist() == [[False, False, True], [True, False, True]]
    assert no_rank.tolist() == [[True, True, False], [False, False, False]]


def permutations(pictures: dict[tuple[int, int], int], trials: int = 10):
    generator = torch.Generator().manual_seed(5)
    return {
        who: torch.stack([torch.randperm(count, generator=generator) + 1 for _ in range(trials)])
        for who, count in pictures.items()
    }


def test_given_permutations_decide() -> None:
    fixed = permutations(SMALL)
    query, gallery = world(SMALL)
    protocol = sysu_mm01("all", 2, fixed)
    _, drawn = protocol.prepare(query, gallery, 4)
    expected = []
    for camera in CAMERAS["all"]:
        for person in (1, 2, 3, 7):
            if (camera, person) not in SMALL:
                continue
            keys = [
                key
                for key, c, p in zip(gallery.keys, gallery.cameras, gallery.persons, strict=True)
                if (c, p) == (camera, person)
            ]
            expected += [keys[int(number) - 1] for number in fixed[camera, person][4, :2]]
    assert sorted(drawn.keys) == sorted(expected)


def test_permutations_of_another_set_are_refused() -> None:
    query, gallery = world(SMALL)
    with pytest.raises(PasserbyError, match=r"14 pictures of person 1 in camera 1.*from 3"):
        sysu_mm01("all", 1, permutations({**SMALL, (1, 1): 3})).prepare(query, gallery, 0)
    few = permutations({who: n for who, n in SMALL.items() if who != (1, 1)})
    with pytest.raises(PasserbyError, match="from 0; read the whole"):
        sysu_mm01("all", 1, few).prepare(query, gallery, 0)
    with pytest.raises(PasserbyError, match="no trial 10"):
        sysu_mm01("all", 1, permutations(SMALL)).prepare(query, gallery, 10)


def test_unknown_searches_and_files(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="'all' or 'indoor'"):
        sysu_mm01("outdoor")  # pyright: ignore[reportArgumentType]
    with pytest.raises(PasserbyError, match="rand_perm_cam"):
        official_permutations(tmp_path / "missing.mat")
    savemat(tmp_path / "other.mat", {"id": [1]})
    with pytest.raises(PasserbyError, match="rand_perm_cam"):
        official_permutations(tmp_path / "other.mat")


@pytest.fixture(scope="module")
def sysu(real_data: Path) -> Path:
    folder = real_data / "data/protocols/sysu-mm01"
    if not folder.is_dir():
        pytest.skip(f"no protocol files at {folder}")
    return folder


def test_official_lists_give_the_published_numbers_and_the_programs_scores(sysu: Path) -> None:
    """The test set rebuilt from the permutations, with random features, in the paper's settings."""
    fixed = official_permutations(sysu / "data_split/rand_perm_cam.mat")
    tested = set(loadmat(sysu / "data_split/test_id.mat")["id"].ravel().tolist())
    query, gallery = world(
        {who: numbers.shape[1] for who, numbers in fixed.items() if who[1] in tested}
    )
    for protocol, size in (
        (sysu_mm01("all", 1, fixed), 301),
        (sysu_mm01("all", 10, fixed), 3010),
        (sysu_mm01("indoor", 1, fixed), 112),
        (sysu_mm01("indoor", 10, fixed), 1120),
    ):
        asked, found = protocol.prepare(query, gallery, 7)
        assert (len(asked), len(found)) == (3803, size)
    protocol = sysu_mm01("all", 1, fixed)
    asked, found = protocol.prepare(query, gallery, 0)
    blocks = distances(asked, found)
    scores = retrieval_scores(blocks, asked, found, protocol)
    curve, mean_ap = official(blocks.matrix(), asked, found)
    assert scores.cmc.tolist() == pytest.approx(curve[:50])
    assert scores.mean_ap == pytest.approx(mean_ap)


def test_the_published_curve_counts_people_and_our_queries(sysu: Path) -> None:
    """The authors' own curves have a rank for each of 96 people, and shares of 3,803 queries."""
    name = "result_feat_deep_zero_padding_euclidean_all_search_1shot.mat"
    with open_hdf5(sysu / "result" / name) as file:
        curves = torch.from_numpy(file["performance"]["cmc_all"][:])  # (ranks, trials)
    fixed = official_permutations(sysu / "data_split/rand_perm_cam.mat")
    tested = set(loadmat(sysu / "data_split/test_id.mat")["id"].ravel().tolist())
    query, gallery = world({who: n.shape[1] for who, n in fixed.items() if who[1] in tested})
    protocol = sysu_mm01("all", 1, fixed)
    asked, found = protocol.prepare(query, gallery, 0)
    counted = int((protocol.relevance(asked, found).right.counts > 0).sum())
    assert curves.shape == (len(found.persons.unique()), protocol.trials)
    found_by_rank = curves * counted
    assert torch.allclose(found_by_rank, found_by_rank.round(), atol=1e-6)


def test_regdb_by_hand() -> None:
    features = torch.tensor([[0.0], [5.0]])
    query = labelled([(1, 1), (2, 1)], features, "q", "visible")
    gallery = Embeddings.join(
        [
            labelled([(2, 2), (1, 2)], torch.tensor([[1.0], [2.0]]), "t", "infrared"),
            labelled([(2, 1)], torch.tensor([[5.0]]), "v", "visible"),  # never seen
        ]
    )
    scores = measured(REGDB, query, gallery)
    assert scores.first_hit.tolist() == [2, 2]
    back = measured(REGDB, gallery[:2], query)
    assert back.first_hit.tolist() == [2, 1]


def test_regdb_official_splits_halve_412_people(real_data: Path) -> None:
    path = real_data / "data/protocols/regdb-split/RegDB_split.mat"
    if not path.is_file():
        pytest.skip(f"no protocol file at {path}")
    splits = loadmat(path)
    for train, test in zip(splits["TrainIdx"], splits["TestIdx"], strict=True):
        people = sorted([*train.tolist(), *test.tolist()])
        assert people == list(range(1, 413))
        ten_each = [(int(person), 1) for person in test for _ in range(10)]
        relevance = REGDB.relevance(
            labelled(ten_each, modality="visible"), labelled(ten_each, modality="infrared")
        )
        assert len(relevance) == relevance.gallery == 2060
        assert (relevance.right.counts == 10).all()


def test_another_data_set_is_refused() -> None:
    # Six cameras, such as Market-1501 has, are not yet SYSU-MM01.
    visible = labelled([(1, camera) for camera in range(1, 7)])
    with pytest.raises(PasserbyError, match="both visible, so this is not SYSU-MM01"):
        measured(sysu_mm01(), visible, visible)
    two = labelled([(1, 1), (1, 2)])
    with pytest.raises(PasserbyError, match=r"query set is empty.*Infrared queries of cameras 3"):
        measured(sysu_mm01(), two, two)
