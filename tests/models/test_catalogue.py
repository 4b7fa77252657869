import re

from passerby.models.backbones import NAMES
from passerby.models.catalogue import CATALOGUE, names
from passerby.models.weights import fetch


def test_every_entry_is_whole():
    for name, model in CATALOGUE.items():
        assert model.files, name
        assert model.licence, name
        assert sorted(model.preprocess.channels) == sorted("rgb"), name
        assert (model.kind == "osnet") == (model.backbone in NAMES), name
        for file in model.files:
            assert re.fullmatch("[0-9a-f]{64}", file.sha256), file.name
            assert file.urls, file.name
            assert all(url.startswith("https://") for url in file.urls), file.name
        if model.kind == "openvino":
            assert [file.name[-4:] for file in model.files] == [".xml", ".bin"], name


def test_files_do_not_collide():
    files = [file.name for model in CATALOGUE.values() for file in model.files]
    assert len(set(files)) == len(files)


def test_every_model_is_for_one_task():
    assert sorted(names("embedder") + names("detector")) == sorted(CATALOGUE)


def test_names_and_checksums_are_those_of_the_real_files(real_models):
    for name, model in CATALOGUE.items():
        paths = fetch(name)
        assert [path.name for path in paths] == [file.name for file in model.files]
        assert all(path.parent == real_models for path in paths)
