import threading
import time
from itertools import islice, pairwise

import pytest
from tests.video import streaming

from passerby.core.errors import PasserbyError
from passerby.video.stream import Stream, without_secrets


@pytest.fixture(scope="module")
def pieces() -> list[bytes]:
    return streaming.transport_stream()


@pytest.mark.parametrize("http", [True, False])
def test_frames_come_with_number_time_wall_clock_and_pixels(
    pieces: list[bytes], http: bool
) -> None:
    with streaming.camera(pieces, http=http) as camera:
        stream = Stream(camera.url)
        before = time.time()
        read = list(islice(stream.frames(), 20))
        after = time.time()
        stream.close()
    assert [frame.number for frame in read] == list(range(20))
    assert read[0].time == 0
    assert all(before <= frame.wall <= after for frame in read if frame.wall is not None)
    assert all(a.wall < b.wall and a.time < b.time for a, b in pairwise(read))  # type: ignore[operator]
    for frame in read:
        assert frame.time == pytest.approx(frame.wall - read[0].wall)
        assert frame.pixels.shape == (64, 96, 3)
        assert frame.pixels.mean() == pytest.approx(streaming.shade(frame.number).mean(), abs=6)
    assert read[-1].time == pytest.approx(19 / 20, abs=0.5)


def test_frames_come_over_udp(pieces: list[bytes]) -> None:
    with streaming.datagrams(pieces) as url:
        stream = Stream(url)
        read = list(islice(stream.frames(), 10))
        stream.close()
    assert len(read) == 10
    assert read[0].pixels.shape == (64, 96, 3)


def test_a_stream_that_breaks_off_comes_back(pieces: list[bytes], caplog) -> None:
    with streaming.camera(pieces, breaks={0: 31, 1: 31}) as camera:
        stream = Stream(camera.url, first_wait=0.05)
        read = list(islice(stream.frames(), 80))
        stream.close()
        assert camera.connections == 3
    assert stream.breaks == 2
    numbers = [frame.number for frame in read]
    assert numbers == list(range(80))
    assert all(a.time < b.time for a, b in pairwise(read))
    shades = [int(frame.pixels.mean()) for frame in read]
    assert sum(b < a - 20 for a, b in pairwise(shades)) >= 2  # it began again, twice
    assert caplog.text.count("it is tried again in") == 2


def test_waits_grow_and_patience_ends(pieces: list[bytes]) -> None:
    with streaming.camera(pieces, breaks={0: 11}) as camera:
        stream = Stream(camera.url, first_wait=0.05, patience=0.6)
        frames = stream.frames()
        first = next(frames)
        camera.close()  # nobody listens there any more
        began = time.monotonic()
        with pytest.raises(PasserbyError, match="showed nothing for"):
            list(frames)
        assert 0.5 < time.monotonic() - began < 10
    assert first.number == 0


def test_what_is_silent_breaks_off(pieces: list[bytes]) -> None:
    with streaming.camera(pieces[:30], pause=0.01, hold=30) as camera:
        stream = Stream(camera.url, silence=0.4, first_wait=0.05)
        threading.Timer(3.0, stream.close).start()
        read = list(stream.frames())
    assert stream.breaks >= 1
    assert camera.connections >= 2
    assert len(read) > 30


def test_closing_ends_it_from_another_thread(pieces: list[bytes]) -> None:
    with streaming.camera(pieces) as camera:
        stream = Stream(camera.url)
        read = []
        for frame in stream.frames():
            read.append(frame)
            if len(read) == 5:
                threading.Thread(target=stream.close).start()
    assert 5 <= len(read) < 60


def test_only_wanted_frames_are_made(pieces: list[bytes]) -> None:
    with streaming.camera(pieces, pause=0.01) as camera:
        stream = Stream(camera.url)
        wanted = iter([True, False, False] * 40)
        read = list(islice(stream.frames(pick=lambda time: next(wanted)), 5))
        stream.close()
    assert [frame.number for frame in read] == [0, 3, 6, 9, 12]


def test_nobody_there_is_told_without_the_password() -> None:
    with pytest.raises(PasserbyError) as raised:
        Stream("http://admin:hunter2@127.0.0.1:9/live").check()
    assert "http://127.0.0.1:9/live cannot be opened" in str(raised.value)
    assert "hunter2" not in str(raised.value)
    with pytest.raises(PasserbyError, match="cannot be opened"):
        Stream("rtsp://user:pass@127.0.0.1:9/stream").check()


def test_a_webcam_that_is_not_there() -> None:
    with pytest.raises(PasserbyError, match=r"/dev/video97 cannot be opened.*plugged in"):
        Stream("/dev/video97").check()


def test_text_is_no_stream() -> None:
    with streaming.camera([b"hello " * 2000]) as camera, pytest.raises(PasserbyError):
        Stream(camera.url).check()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://10.0.0.5/live", "rtsp://10.0.0.5/live"),
        ("rtsp://u:p@10.0.0.5/live", "rtsp://10.0.0.5/live"),
        ("rtsp://u:p@ss@10.0.0.5/live", "rtsp://10.0.0.5/live"),
        ("rtsp://user@10.0.0.5/a?key=1&b=2", "rtsp://10.0.0.5/a?key=...&b=..."),
        ("/dev/video0", "/dev/video0"),
    ],
)
def test_addresses_are_shown_without_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
