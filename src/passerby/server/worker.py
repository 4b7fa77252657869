"""`Worker`: one thread that does the model's work, of several requests together."""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from passerby.server.problems import refusal

Asked = TypeVar("Asked")
Given = TypeVar("Given")


class Worker(Generic[Asked, Given]):
    """A bounded queue before one function, which is called with all that waits, up to `batch`.

    Models use all cores by themselves, so one call at a time is fastest, and several pictures in
    one call faster still.

    work:    list of things -> list of as many answers
    waiting: things that may wait; of more, `ask` says that it is busy
    seconds: for which one may wait
    watch:   called with the number that waits and the number done together
    """

    def __init__(
        self,
        work: Callable[[list[Asked]], Sequence[Given]],
        *,
        waiting: int,
        batch: int,
        seconds: float,
        watch: Callable[[int, int], object] = lambda waits, done: None,
    ) -> None:
        self.work, self.batch, self.seconds, self.watch = work, batch, seconds, watch
        self._queue: queue.Queue[tuple[Asked, Future[Given]] | None] = queue.Queue(waiting)
        self._thread = threading.Thread(target=self._run, name="passerby-model", daemon=True)
        self._thread.start()

    async def ask(self, thing: Asked) -> Given:
        """The answer to one thing.

        Raises HTTPException 503 when too many wait, or it takes too long, and what `work` raises.
        """
        answer: Future[Given] = Future()
        try:
            self._queue.put_nowait((thing, answer))
        except queue.Full:
            raise refusal(503, "Too many pictures wait for the model", 2) from None
        try:
            async with asyncio.timeout(self.seconds):
                return await asyncio.wrap_future(answer)
        except TimeoutError:
            raise refusal(503, "The model took too long; try again", 5) from None

    def close(self) -> None:
        """Finish what is being done, and end."""
        while True:
            try:
                self._queue.put_nowait(None)
                break
            except queue.Full:  # whoever waits is told that it is over
                self._drop()
        self._thread.join(timeout=self.seconds)

    def _drop(self) -> None:
        try:
            while (waits := self._queue.get_nowait()) is not None:
                waits[1].cancel()
        except queue.Empty:
            return

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            together, last = [first], False
            while len(together) < self.batch and not last:
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    last = True
                else:
                    together.append(following)
            # Whoever has gone away in the meantime is not worked for.
            wanted = [pair for pair in together if pair[1].set_running_or_notify_cancel()]
            self.watch(self._queue.qsize(), len(wanted))
            if wanted:
                self._answer(wanted)
            if last:
                return

    def _answer(self, wanted: list[tuple[Asked, Future[Given]]]) -> None:
        try:
            given = self.work([thing for thing, _ in wanted])
            for (_, answer), one in zip(wanted, given, strict=True):
                answer.set_result(one)
        except BaseException as error:
            if len(wanted) > 1:  # one bad picture must not spoil the others'
                for pair in wanted:
                    if not pair[1].done():
                        self._answer([pair])
            elif not wanted[0][1].done():
                wanted[0][1].set_exception(error)
