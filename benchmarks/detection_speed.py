"""Detectors on frames of 1920 x 1080: one call a frame against several frames a call.

    PASSERBY_MODELS=FOLDER python benchmarks/detection_speed.py

The frames are noise, which costs the networks what people cost them. Each figure is the best of
some rounds, milliseconds a frame; the cores' own time says what a busy machine hides.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from passerby.core.errors import PasserbyError
from passerby.video.detectors import DETECTORS, load_detector


def best(work: Callable[[], object], frames: int, rounds: int) -> tuple[float, float]:
    """Milliseconds a frame by the clock and by the cores' time, of the quickest round."""
    took = []
    for _ in range(rounds):
        clock, cores = time.perf_counter(), time.process_time()
        work()
        took.append((time.perf_counter() - clock, time.process_time() - cores))
    return tuple(1000 * seconds / frames for seconds in min(took))  # type: ignore[return-value]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--together", nargs="+", type=int, default=[1, 4, 8])
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    frames = list(rng.integers(0, 255, (options.frames, 1080, 1920, 3), np.uint8))
    print("| detector | frames a call | ms a frame | core ms a frame |\n| --- | --- | --- | --- |")
    for name in DETECTORS:
        try:
            detector = load_detector(name)
        except PasserbyError as error:
            print(f"skipped: {error}")
            continue
        for count in options.together:
            groups = [frames[n : n + count] for n in range(0, len(frames), count)]
            detector.detect(groups[0])
            clock, cores = best(
                lambda groups=groups, detector=detector: [detector.detect(g) for g in groups],
                len(frames),
                options.rounds,
            )
            print(f"| {name} | {count} | {clock:.1f} | {cores:.1f} |", flush=True)


if __name__ == "__main__":
    main()
