import json
from pathlib import Path

import pytest
import torch
from tests.pipelines.coloured_people import MeanColour, colour_embedder, drawn, market_tree, write

from passerby.core.embeddings import Embeddings
from passerby.core.errors import PasserbyError
from passerby.core.scores import Scores
from passerby.data.readers import READERS
from passerby.engine.run_folder import run_folder
from passerby.pipelines import evaluate as module
from passerby.pipelines.evaluate import evaluate, evaluation_folder
from passerby.pipelines.evaluation import Evaluation, evaluations


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> MeanColour:
    embedder = colour_embedder()
    monkeypatch.setattr(module, "load_embedder", lambda which, device, **rest: embedder)
    monkeypatch.setitem(READERS, "drawn", drawn)
    assert isinstance(embedder.model, MeanColour)
    return embedder.model


@pytest.mark.usefixtures("model")
def test_scores_and_files(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market")
    seen: list[tuple[int, int]] = []
    found = evaluate(
        "colours",
        "market1501",
        root,
        out=tmp_path / "run",
        batch_size=5,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert found.scores.rank(1) == found.scores.mean_ap == 1
    assert (found.about.model, found.about.metric) == ("colours", "euclidean")
    assert (found.about.queries, found.about.gallery) == (4, 8)
    assert seen == [(0, 12), (5, 12), (10, 12), (12, 12)]

    folder = tmp_path / "run" / "evaluation" / "market1501"
    assert sorted(path.name for path in folder.iterdir()) == [
        "about.json",
        "gallery.safetensors",
        "query.safetensors",
        "scores.json",
    ]
    written = json.loads((folder / "scores.json").read_text())
    assert written["mean"]["rank_1"] == 1
    assert written["std"]["rank_1"] is None
    assert torch.equal(Scores.from_json(json.dumps(written["repeats"][0])).cmc, found.scores.cmc)
    assert all(Path(key).is_file() for key in Embeddings.load(folder / "query.safetensors").keys)


@pytest.mark.usefixtures("model")
def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market")
    there = evaluate("colours", "market1501", root, metric="cosine", flip=False, out=tmp_path / "r")
    back = evaluations(tmp_path / "r")["market1501"]
    assert back.about == there.about
    assert (back.about.metric, back.about.flip) == ("cosine", False)
    assert back.scores.to_json() == there.scores.to_json()
    assert back.query.keys == there.query.keys
    assert torch.equal(back.gallery.features, there.gallery.features)


def test_each_distinct_picture_is_embedded_once(model: MeanColour, tmp_path: Path) -> None:
    found = evaluate("colours", "drawn", tmp_path, repeats=5, flip=False, out=tmp_path / "run")
    # 3 query pictures and the 2 pictures that each of 3 people has in the gallery
    assert model.seen == 3 + 6
    assert len(found.repeats) == 5
    assert found.spreads["rank_1"].std == 0
    # Draws 0 and 2 are the same, draw 1 is another.
    assert found.query.keys == ("drawn/1-1-0", "drawn/2-1-0", "drawn/3-1-0")
    assert found.gallery.keys == ("drawn/1-2-1", "drawn/2-2-0", "drawn/3-2-1")


@pytest.mark.usefixtures("model")
def test_repeats_begin_at_the_repeat_asked_for(tmp_path: Path) -> None:
    found = evaluate(
        "colours", "drawn", tmp_path, {"repeat": 1, "people": 2}, repeats=2, out=tmp_path / "run"
    )
    assert found.gallery.keys == ("drawn/1-2-0", "drawn/2-2-1")
    assert found.about.options == {"repeat": 1, "people": 2}


@pytest.mark.usefixtures("model")
def test_repeats_of_what_is_never_drawn_are_refused(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market")
    with pytest.raises(PasserbyError, match="market1501 has no random draws"):
        evaluate("colours", "market1501", root, repeats=10, out=tmp_path / "run")
    with pytest.raises(PasserbyError, match="repeats is 0"):
        evaluate("colours", "market1501", root, repeats=0, out=tmp_path / "run")


def test_one_camera_only_is_told_before_anything_is_embedded(
    model: MeanColour, tmp_path: Path
) -> None:
    root = market_tree(tmp_path / "market", people=3, cameras=1)
    with pytest.raises(PasserbyError) as error:
        evaluate("colours", "market1501", root, out=tmp_path / "run")
    message = str(error.value)
    assert "person 1 (camera 1), person 2 (camera 1), person 3 (camera 1)" in message
    assert "'camera-free'" in message
    assert model.seen == 0
    assert not (tmp_path / "run").exists()
    free = evaluate("colours", "market1501", root, protocol="camera-free", out=tmp_path / "run")
    assert free.scores.rank(1) == 1


@pytest.mark.usefixtures("model")
def test_some_queries_without_a_match_are_counted_and_named(tmp_path: Path) -> None:
    root = market_tree(tmp_path / "market", people=3)
    write(root / "query", 77, 2, 0)
    found = evaluate("colours", "market1501", root, out=tmp_path / "run")
    assert (found.scores.queries, found.scores.skipped) == (3, 1)
    assert "person 77 (camera 2)" in found.about.unmatched
    assert "1 of 4 queries" in found.about.unmatched


@pytest.mark.usefixtures("model")
def test_an_empty_query_says_so(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="the query set is empty"):
        evaluate("colours", "drawn", tmp_path, {"people": 0}, out=tmp_path / "run")


@pytest.mark.usefixtures("model")
def test_unknown_names_list_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="choose one of market1501, camera-free"):
        evaluate("colours", "drawn", tmp_path, protocol="market")
    with pytest.raises(PasserbyError, match="choose one of market1501"):
        evaluate("colours", "nowhere", tmp_path)
    with pytest.raises(PasserbyError, match="no option 'colour'"):
        evaluate("colours", "drawn", tmp_path, {"colour": 1})


@pytest.mark.usefixtures("model")
def test_an_interrupted_writing_is_no_evaluation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate("colours", "drawn", tmp_path, out=tmp_path / "run")

    def interrupted(self: Embeddings, path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Embeddings, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        evaluate("colours", "drawn", tmp_path, out=tmp_path / "run")
    with pytest.raises(PasserbyError, match=r"run first: passerby evaluate .*run DATASET ROOT"):
        evaluations(tmp_path / "run")


def test_no_run_folder_and_a_broken_one(tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="no run folder"):
        evaluations(tmp_path / "nowhere")
    folder = tmp_path / "run" / "evaluation" / "drawn"
    folder.mkdir(parents=True)
    (folder / "about.json").write_text("{")
    with pytest.raises(PasserbyError, match="cannot be read"):
        Evaluation.load(folder)
    (folder / "about.json").write_text("{}")
    with pytest.raises(PasserbyError, match="another version"):
        Evaluation.load(folder)


@pytest.mark.parametrize(
    ("checkpoint", "folder"),
    [
        ("runs/a/model.safetensors", "runs/a"),
        ("runs/a/checkpoints/epoch=3.ckpt", "runs/a"),
        ("somewhere/network.onnx", "runs/network"),
        ("timm/vit_b.16", "runs/vit_b.16"),
        ("loose.ckpt", "runs/loose"),
    ],
)
def test_the_run_that_a_checkpoint_belongs_to(checkpoint: str, folder: str) -> None:
    assert run_folder(checkpoint) == Path(folder)


def test_a_run_folder_is_its_own(tmp_path: Path) -> None:
    assert run_folder(str(tmp_path)) == tmp_path


def test_what_differs_from_the_usual_is_in_the_folders_name() -> None:
    def name(dataset: str, **settings) -> str:
        return evaluation_folder(Path("run"), dataset, **settings).relative_to("run").as_posix()

    assert name("cuhk01", options={"people": "485/486", "split": 0}) == "evaluation/cuhk01"
    options = {"shots": "2", "people": "871/100"}
    assert name("cuhk01", options=options) == "evaluation/cuhk01-people-871-100-shots-2"
    assert name("market1501", protocol="camera-free") == "evaluation/market1501-camera-free"
    assert name("cuhk01", options={"repeat": 3}) == "evaluation/cuhk01-repeat-3"
    assert name("cuhk01", options={"repeat": 3}, repeats=10) == "evaluation/cuhk01"
    assert name("viper", options={"partition": "/a b/c.mat"}) == "evaluation/viper-partition-c"


@pytest.mark.usefixtures("model")
def test_evaluations_by_other_rules_stand_side_by_side(tmp_path: Path) -> None:
    run = tmp_path / "run"
    evaluate("colours", "drawn", tmp_path, out=run)
    evaluate("colours", "drawn", tmp_path, {"people": "2"}, out=run)
    evaluate("colours", "drawn", tmp_path, protocol="camera-free", out=run)
    evaluate("colours", "drawn", tmp_path, metric="cosine", out=run)  # in the first one's place
    found = evaluations(run)
    assert list(found) == ["drawn", "drawn-camera-free", "drawn-people-2"]
    assert found["drawn"].about.metric == "cosine"
    assert found["drawn-people-2"].about.options == {"people": 2}


def test_a_place_that_cannot_be_written_is_told(model: MeanColour, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PasserbyError, match=r"no evaluation can be written .*by --out"):
        evaluate("colours", "drawn", tmp_path, out=tmp_path / "file")
    assert model.seen == 0
    (tmp_path / "run" / "evaluation" / "drawn" / "about.json").mkdir(parents=True)
    with pytest.raises(PasserbyError, match="no evaluation can be written"):
        evaluate("colours", "drawn", tmp_path, out=tmp_path / "run")


@pytest.mark.parametrize(("name", "value"), [("batch_size", 0), ("workers", -1)])
def test_senseless_numbers_are_refused(tmp_path: Path, name: str, value: int) -> None:
    with pytest.raises(PasserbyError, match=f"{name} is {value}; it must be at least"):
        evaluate("colours", "market1501", tmp_path, **{name: value})  # type: ignore[arg-type]
