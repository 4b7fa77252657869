from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.core.errors import PasserbyError
from passerby.pipelines.human_study_names import annotator_named, annotators


@pytest.mark.parametrize(
    "name", ["Ada", "Zoë", "हिन्दी", "Ann-Marie O'Neill", "王小明", "7 of 9", "a.b"]
)
def test_names_of_many_kinds(name: str, tmp_path: Path) -> None:
    assert annotator_named(tmp_path, f"  {name} ") == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "../Ada",
        "a/b",
        ".hidden",
        "-x",
        "a\\b",
        "a\0b",
        "a\nb" + "c" * 40,
        "a\u202eb",
        "<b>",
        "Model",
        "re-ranking",
    ],
)
def test_names_that_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="name"):
        annotator_named(tmp_path, name)


@given(st.text(max_size=60))
def test_a_name_is_a_file_in_its_folder(name: str) -> None:
    try:
        taken = annotator_named(Path("nowhere"), name)
    except PasserbyError:
        return
    path = Path("answers") / f"{taken}.jsonl"
    assert path.parent == Path("answers")
    assert len(path.name.encode()) <= 255
    assert path.stem == taken
    assert annotator_named(Path("nowhere"), taken) == taken


def test_somebody_known_is_found_in_any_case(tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "Ada L.jsonl").touch()
    assert annotator_named(tmp_path, "ada  l") == "Ada L"
    assert annotators(tmp_path) == ["Ada L"]
