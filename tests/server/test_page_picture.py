"""The service's page, pictured without a display: what `make demo` ends with."""

from pathlib import Path

import pytest
from PIL import Image

from passerby.core.errors import PasserbyError
from passerby.core.preprocess import Preprocess
from passerby.data.images import read_image
from passerby.data.synthetic.film import write_video
from passerby.data.synthetic.world import World
from passerby.engine.checkpoint import MODEL, save_checkpoint
from passerby.gallery.jpeg import jpeg_bytes, loaded
from passerby.gallery.keys import Keys
from passerby.gallery.opening import open_gallery
from passerby.methods.bag_of_tricks import BagOfTricks
from passerby.pipelines.ingest import ingest
from passerby.server import page_picture as page_picture_module
from passerby.server.page_picture import browser_here, page_picture


def test_a_search_on_the_page_is_pictured_and_the_key_is_told_once(tmp_path: Path) -> None:
    if browser_here() is None:
        pytest.skip("there is no chromium, or no playwright: apt-get install chromium")
    gallery, query = walked_past(tmp_path)
    secret = page_picture(gallery, query, tmp_path / "out" / "page.png")
    with Image.open(tmp_path / "out" / "page.png") as shown:
        assert shown.size == (1280, 860)
        colours = shown.convert("RGB").getcolors(2**24)
        assert colours is not None
        assert len(colours) > 500  # pictures of people, not an empty page
    again = page_picture(gallery, query, tmp_path / "page.png")
    with open_gallery(gallery) as store:
        keys = Keys(store.database)
        key = keys.check(secret)
        assert key is not None
        assert key.role == "admin"
        assert again == ""
        assert [one.name for one in keys.all() if one.revoked is None] == [key.name]
    with pytest.raises(PasserbyError, match="no gallery"):
        page_picture(tmp_path / "elsewhere", query, tmp_path / "page.png")


def test_without_a_browser_it_is_said_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_picture_module, "browser_here", lambda: None)
    with pytest.raises(PasserbyError, match="chromium"):
        page_picture(tmp_path, tmp_path / "query.jpg", tmp_path / "page.png")


def walked_past(folder: Path) -> tuple[Path, Path]:
    """A gallery of somebody who walked past a camera, and a picture to search it with."""
    world = World(seed=3, people=2, cameras=1)
    video = write_video(world, 1, folder / "camera.mp4", seconds=4, rate=8, progress=False)
    method = BagOfTricks(2, "osnet_x0_25", pretrained=False)
    save_checkpoint(method, Preprocess(64, 32), folder / "model" / MODEL)
    gallery = folder / "gallery"
    ingest(
        [video.video], "door", gallery, detector="motion", embedder=str(folder / "model" / MODEL)
    )
    with open_gallery(gallery) as store:
        crop = loaded(next(iter(store.entries()))).crops[0]
        assert read_image(crop).ndim == 3
        (folder / "query.jpg").write_bytes(jpeg_bytes(crop))
    return gallery, folder / "query.jpg"
