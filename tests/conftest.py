"""Fixtures that many rooms share."""

import os
from pathlib import Path

import hypothesis
import pytest
import torch

# Continuous integration tries the same examples every time; a developer's machine ever new ones.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed for every test, and none of the user's own settings of Passerby."""
    torch.manual_seed(0)
    for name in ("PASSERBY_MODELS", "PASSERBY_OFFLINE", "PASSERBY_RUNTIME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real pictures, video and weights; the test is skipped where there is none."""
    named = Path(os.environ.get("PASSERBY_REAL_DATA", "../shared"))
    folder = named if named.is_absolute() else CHECKOUT / named
    if not (folder / "data").is_dir():
        pytest.skip(
            f"real data is not at {folder}: set PASSERBY_REAL_DATA to the folder that holds data/ "
            "and models/ to run this test"
        )
    return folder.resolve()


@pytest.fixture
def real_models(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of real model files, named as the cache folder, with the network forbidden."""
    models = real_data / "models"
    if not models.is_dir():
        pytest.skip(f"no model files at {models}; see PASSERBY_REAL_DATA")
    monkeypatch.setenv("PASSERBY_MODELS", str(models))
    monkeypatch.setenv("PASSERBY_OFFLINE", "1")
    return models
