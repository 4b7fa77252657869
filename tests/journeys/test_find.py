"""Find, from the command line: real video in, the right person out."""

from pathlib import Path

import pytest
from PIL import Image

from passerby.cli.main import main
from passerby.data.mp4 import write_mp4
from passerby.video.decode import frames


@pytest.fixture(scope="module")
def clips(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two short parts of the one-by-one clip, a person each, and a later frame of the first."""
    source = real_data / "data" / "one-by-one" / "one-by-one-person-detection.mp4"
    if not source.is_file():
        pytest.skip(f"no one-by-one clip at {source}")
    folder = tmp_path_factory.mktemp("clips")
    first, second = [], []
    for frame in frames(source):
        if 66 <= frame.number < 96:
            first.append(frame.pixels)
        elif frame.number == 110:
            Image.fromarray(frame.pixels).save(folder / "later.png")
        elif 236 <= frame.number < 266:
            second.append(frame.pixels)
        elif frame.number >= 266:
            break
    write_mp4(folder / "morning.mp4", first, fps=10)
    write_mp4(folder / "noon.mp4", second, fps=10)
    return folder


def test_a_person_is_found_again(
    clips: Path, real_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gallery = str(tmp_path / "gallery")
    quiet = ["--gallery", gallery, "--progress", "false"]
    for name, camera, start in (("morning", "entrance", "09:00:00"), ("noon", "hall", "12:00:00")):
        video = str(clips / f"{name}.mp4")
        arguments = ["ingest", video, "--camera", camera, "--start", f"2026-05-31T{start}", *quiet]
        assert main(arguments) == 0
        assert "1 tracklets added" in capsys.readouterr().out
        assert main(arguments) == 0
        assert "was ingested before" in capsys.readouterr().out

    sheet = tmp_path / "sheet.jpg"
    query = ["search", str(clips / "later.png"), "--gallery", gallery, "--detect"]
    assert main([*query, "--out", str(sheet)]) == 0
    lines = capsys.readouterr().out.splitlines()
    nearest, next_one = lines[1].split(), lines[2].split()
    assert nearest[2] == "entrance"
    assert nearest[3].startswith("2026-05-31T09:00:0")
    assert float(nearest[1]) < float(next_one[1]) / 2
    with Image.open(sheet) as picture:
        assert picture.height > 500

    assert main([*query, "--not_camera", "entrance", "--out", "null"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2] for line in lines[1:]] == ["hall"]

    assert main([*query, "--embedder", "person-reidentification-retail-0288"]) == 2
    assert "use the same model, or a new gallery" in capsys.readouterr().err
