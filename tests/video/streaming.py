"""A live camera on loopback: MPEG-TS over HTTP, TCP or UDP, at the pace of time."""

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

import av
import numpy as np

FPS = 20


def shade(number: int) -> np.ndarray:
    """A frame whose brightness tells its number."""
    return np.full((64, 96, 3), 20 + 4 * (number % 50), np.uint8)


def transport_stream(count: int = 100) -> list[bytes]:
    """MPEG-TS of `count` frames, in one piece of bytes for each frame."""
    to = io.BytesIO()
    pieces, sent = [], 0
    with av.open(to, "w", format="mpegts") as container:
        stream = container.add_stream("libx264", rate=Fraction(FPS))
        stream.options = {"tune": "zerolatency", "preset": "ultrafast", "crf": "20"}
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.gop_size = 5
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(shade(number), format="rgb24")
            for packet in stream.encode(frame):
                container.mux(packet)
            pieces.append(to.getvalue()[sent:])
            sent += len(pieces[-1])
        for packet in stream.encode():
            container.mux(packet)
    return [*pieces, to.getvalue()[sent:]]


class Camera:
    """Serves pieces to whoever connects, each connection from the first piece on.

    breaks: close the connection after so many pieces, the first so many times
    pause:  seconds between two pieces
    hold:   keep the connection for so many seconds after the last piece
    """

    def __init__(
        self,
        pieces: list[bytes],
        http: bool,
        pause: float,
        breaks: dict[int, int],
        hold: float = 0.0,
    ):
        self.pieces, self.http, self.pause, self.breaks = pieces, http, pause, breaks
        self.hold = hold
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open = True
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{'http' if self.http else 'tcp'}://127.0.0.1:{self.port}" + "/live" * self.http

    def close(self) -> None:
        self._open = False
        self._listening.close()

    def _serve(self) -> None:
        while self._open:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            number, self.connections = self.connections, self.connections + 1
            threading.Thread(target=self._send, args=(connection, number), daemon=True).start()

    def _send(self, connection: socket.socket, number: int) -> None:
        try:
            with connection:
                if self.http:
                    connection.recv(4096)
                    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: video/mp2t\r\n\r\n")
                for piece in self.pieces[: self.breaks.get(number)]:
                    if not self._open:
                        return
                    connection.sendall(piece)
                    time.sleep(self.pause)
                time.sleep(self.hold)
        except OSError:
            pass


@contextmanager
def camera(
    pieces: list[bytes],
    *,
    http: bool = True,
    pause: float = 1 / FPS,
    breaks: dict[int, int] | None = None,
    hold: float = 0.0,
) -> Iterator[Camera]:
    serving = Camera(pieces, http, pause, breaks or {}, hold)
    try:
        yield serving
    finally:
        serving.close()


@contextmanager
def datagrams(pieces: list[bytes], pause: float = 1 / FPS) -> Iterator[str]:
    """The same by UDP, over and over; yields the URL to listen at."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    going = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            while not going.is_set():
                for piece in pieces:
                    for start in range(0, len(piece), 1316):
                        out.sendto(piece[start : start + 1316], ("127.0.0.1", port))
                    if going.wait(pause):
                        return

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        yield f"udp://127.0.0.1:{port}"
    finally:
        going.set()
        thread.join()
