from pathlib import Path

import pytest
from huggingface_hub import constants

from passerby.models.cache import hub_offline, is_offline, models_folder


def test_the_folder_is_named_by_the_environment(monkeypatch):
    monkeypatch.setenv("PASSERBY_MODELS", "~/weights")
    assert models_folder() == Path.home() / "weights"
    monkeypatch.delenv("PASSERBY_MODELS")
    assert models_folder() == Path.home() / ".cache" / "passerby" / "models"


@pytest.mark.parametrize(
    ("value", "offline"), [("1", True), ("yes", True), ("0", False), ("", False)]
)
def test_offline_is_a_word_of_the_environment(monkeypatch, value, offline):
    monkeypatch.setenv("PASSERBY_OFFLINE", value)
    assert is_offline() is offline


def test_online_is_the_default(monkeypatch):
    monkeypatch.delenv("PASSERBY_OFFLINE", raising=False)
    assert not is_offline()


@pytest.mark.parametrize(
    ("endpoint", "forbidden", "offline"),
    [
        ("http://127.0.0.1", "0", False),
        ("http://127.0.0.1", "1", True),
        ("https://hub.invalid", "0", True),
    ],
)
def test_the_hub_is_left_alone_where_forbidden_or_out_of_reach(
    monkeypatch, endpoint, forbidden, offline
):
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("urllib.request.getproxies", dict)
    monkeypatch.setenv("PASSERBY_OFFLINE", forbidden)
    with hub_offline():
        assert constants.HF_HUB_OFFLINE is offline
    assert not constants.HF_HUB_OFFLINE


def test_a_proxy_is_trusted_to_find_the_hub(monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", "https://hub.invalid")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("urllib.request.getproxies", lambda: {"https": "http://127.0.0.1:9"})
    monkeypatch.delenv("PASSERBY_OFFLINE", raising=False)
    with hub_offline():
        assert not constants.HF_HUB_OFFLINE
