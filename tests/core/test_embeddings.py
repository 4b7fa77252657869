from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.sample import Sample


def some(n: int = 4, model_hash: str = "ab" * 32) -> Embeddings:
    samples = [
        Sample(
            Path(f"camera {i % 2}/bild-ü{i}.png"),
            person=i - 1,
            camera=i % 2,
            tracklet=i,
            time=None if i == 0 else i / 3,
            modality="infrared" if i == 1 else "visible",
        )
        for i in range(n)
    ]
    generator = torch.Generator().manual_seed(n)
    return Embeddings.of(torch.randn(n, 3, generator=generator), samples, "toy", model_hash)


def same(a: Embeddings, b: Embeddings) -> bool:
    tensors = all(
        torch.equal(getattr(a, name), getattr(b, name))
        for name in ("features", "persons", "cameras", "tracklets")
    )
    times = torch.equal(a.times.nan_to_num(-1), b.times.nan_to_num(-1))
    rest = ("modalities", "keys", "model", "model_hash")
    return tensors and times and all(getattr(a, name) == getattr(b, name) for name in rest)


def test_labels_come_from_the_samples() -> None:
    found = some()
    assert found.persons.tolist() == [-1, 0, 1, 2]
    assert found.cameras.tolist() == [0, 1, 0, 1]
    assert found.tracklets.tolist() == [0, 1, 2, 3]
    assert found.times[0].isnan()
    assert found.times[3] == 1.0
    assert found.modalities == ("visible", "infrared", "visible", "visible")
    assert found.keys[2] == "camera 0/bild-ü2.png"
    assert found.features.dtype == torch.float32


def test_half_precision_features_become_float32() -> None:
    samples = [Sample(Path("a"), 1, 1)]
    assert Embeddings.of(torch.ones(1, 2).half(), samples, "m", "h").features.dtype == torch.float32


@pytest.mark.parametrize("n", [0, 1, 5])
def test_saved_and_loaded_is_the_same(n: int, tmp_path: Path) -> None:
    there = some(n)
    assert there.save(tmp_path / "deep" / "e.safetensors") == tmp_path / "deep" / "e.safetensors"
    assert same(Embeddings.load(tmp_path / "deep" / "e.safetensors"), there)


@given(keys=st.lists(st.text(st.characters(codec="utf-8")), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_key_survives_the_file(keys: list[str], tmp_path: Path) -> None:
    there = replace(some(len(keys)), keys=tuple(keys))
    assert Embeddings.load(there.save(tmp_path / "e.safetensors")).keys == tuple(keys)


def test_a_part_of_features_that_are_a_view_can_be_saved(tmp_path: Path) -> None:
    part = some(6)[torch.tensor([5, 0])]
    assert same(Embeddings.load(part.save(tmp_path / "e.safetensors")), part)


def test_parts_by_slice_index_and_mask() -> None:
    whole = some()
    by_index = whole[torch.tensor([3, 1])]
    assert by_index.persons.tolist() == [2, 0]
    assert by_index.keys == (whole.keys[3], whole.keys[1])
    assert torch.equal(by_index.features, whole.features[[3, 1]])
    assert same(whole[torch.tensor([False, True, True, False])], whole[1:3])
    assert len(whole[2:2]) == 0


def test_joined_parts_are_the_whole() -> None:
    whole = some()
    assert same(Embeddings.join([whole[:1], whole[1:3], whole[3:]]), whole)


def test_nothing_to_join() -> None:
    with pytest.raises(PasserbyError, match="no embeddings to join"):
        Embeddings.join([])


def test_two_models_do_not_mix() -> None:
    with pytest.raises(PasserbyError, match=r"cdcdcdcdcdcd.*abababababab"):
        Embeddings.join([some(), some(4, "cd" * 32)])


def test_lengths_must_agree() -> None:
    with pytest.raises(PasserbyError, match="4 features came with 3 persons"):
        replace(some(), persons=torch.tensor([1, 2, 3]))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_diverged_model_is_named_with_the_first_picture(bad: float) -> None:
    features = torch.ones(4, 3)
    features[2, 1] = bad
    features[3, 0] = bad
    with pytest.raises(PasserbyError, match=r"2 of 4 embeddings by model 'toy'.*bild-ü2"):
        replace(some(), features=features)


def test_what_is_no_embeddings_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match=r"missing\.safetensors holds no embeddings"):
        Embeddings.load(tmp_path / "missing.safetensors")
    (tmp_path / "text.safetensors").write_text("hello")
    with pytest.raises(PasserbyError, match=r"text\.safetensors holds no embeddings"):
        Embeddings.load(tmp_path / "text.safetensors")
    save_file({"weight": torch.ones(2)}, tmp_path / "model.safetensors")
    with pytest.raises(PasserbyError, match=r"holds no embeddings \(format None"):
        Embeddings.load(tmp_path / "model.safetensors")


def test_half_a_file_is_refused(tmp_path: Path) -> None:
    whole = some().save(tmp_path / "e.safetensors")
    whole.write_bytes(whole.read_bytes()[:-5])
    with pytest.raises(PasserbyError, match="holds no embeddings"):
        Embeddings.load(whole)


def test_large_features_whose_sum_overflows_are_finite_all_the_same() -> None:
    large = Embeddings.of(torch.full((1, 2), 3e38), [Sample(Path("a"), 1, 1)], "toy", "00")
    assert large.features.isfinite().all()
