"""Real people, found by the real models: a video is taken in, and one of its frames asked with."""

from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from tests.gallery.around import fresh_url
from tests.server.town import Town, encoded, search_picture

from passerby.engine.embedder import load_embedder
from passerby.gallery.opening import create_gallery
from passerby.gallery.seen import Model
from passerby.pipelines.ingest import DETECTOR, EMBEDDER
from passerby.server.ingest_worker import Sources, work
from passerby.server.opening import models_of

SECONDS = 8


@pytest.fixture
def clip(real_data: Path, tmp_path: Path) -> Path:
    """The first seconds of the one-by-one clip, in a folder of its own."""
    source = real_data / "data" / "one-by-one" / "one-by-one-person-detection.mp4"
    if not source.is_file():
        pytest.skip(f"no one-by-one clip at {source}")
    folder = tmp_path / "videos"
    folder.mkdir()
    with av.open(str(source)) as whole, av.open(str(folder / "door.mp4"), "w") as part:
        stream = whole.streams.video[0]
        copy = part.add_stream_from_template(stream)
        for packet in whole.demux(stream):
            if packet.dts is None or packet.pts * stream.time_base > SECONDS:
                continue
            packet.stream = copy
            part.mux(packet)
    return folder / "door.mp4"


@pytest.fixture
def town(real_models: Path, clip: Path) -> Iterator[Town]:
    url = fresh_url()
    eyes = load_embedder(EMBEDDER)
    gallery = create_gallery(url, Model(eyes.name, eyes.hash, eyes.metric, EMBEDDER))
    made = models_of(EMBEDDER, DETECTOR, "cpu")
    town = Town(gallery.database, embedder=made[0], detector=made[1], videos=clip.parent)
    town.service.place = url
    yield town
    town.close()
    gallery.close()


def test_from_a_video_to_an_answer(town: Town, clip: Path) -> None:
    sent = {"video": "door.mp4", "camera": "door", "start": "2026-05-31T14:30:00Z", "fps": 5}
    job = town.post("/jobs", sent)["id"]
    sources = Sources(town.service.place, EMBEDDER, clip.parent)
    work(town.service.jobs, sources, "w", lambda: town.service.jobs.get(job).over)
    done = town.get(f"/jobs/{job}", "operator")
    assert done["state"] == "done", done["error"]
    assert done["result"][0]["tracklets"] >= 1
    seen = town.get("/tracklets")["items"]
    assert len(seen) == done["result"][0]["tracklets"]
    best = seen[0]["crops"][0]
    with av.open(str(clip)) as video:
        frames = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
    frame = frames[best["frame"]]
    files = {"picture": ("frame.jpg", encoded(frame, quality=95))}
    boxes = town.ask("POST", "/detect", "viewer", files=files).json()["boxes"]
    assert boxes
    left, top, right, bottom = best["box"]
    middle = [(left + right) / 2, (top + bottom) / 2]
    found = search_picture(town, encoded(frame, quality=95), f'{{"point": {middle}}}').json()
    assert found["items"][0]["tracklet"]["id"] == seen[0]["id"]
    assert found["items"][0]["distance"] < 0.3
    compared = town.get(f"/compare?left={seen[0]['id']}&right={seen[-1]['id']}")
    assert compared["note"]  # an OpenVINO model gives no feature map, and says so
