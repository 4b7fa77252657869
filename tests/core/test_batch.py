import torch

from passerby.core.batch import Batch


def some(**more) -> Batch:
    numbers = torch.arange(2)
    return Batch(torch.ones(2, 3, 4, 2), numbers, numbers + 1, numbers * 0, numbers, **more)


def test_length_is_the_number_of_images() -> None:
    assert len(some()) == 2


def test_moves_every_tensor_and_nothing_else() -> None:
    moved = some(tracklets=torch.tensor([4, 5]), captions=("a", "b")).to("meta")
    assert {moved.images.device.type, moved.persons.device.type} == {"meta"}
    assert moved.tracklets is not None
    assert moved.tracklets.device.type == "meta"
    assert moved.captions == ("a", "b")
    assert moved.attributes is None


def test_moving_leaves_the_original() -> None:
    batch = some()
    batch.to("meta")
    assert batch.images.device.type == "cpu"
    assert batch.to(torch.device("cpu"), non_blocking=True).persons.tolist() == [0, 1]
