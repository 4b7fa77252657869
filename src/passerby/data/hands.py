"""Hands: which pictures of one person come together, time after time."""

from collections.abc import Iterator

import numpy as np


def hands(
    own: np.ndarray, cameras: np.ndarray, shots: int, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    """`shots` of one person's pictures at a time, for ever; the first `rounds` hands show them all.

    Where `cameras` has two or more values, each hand has two or more of them. A picture comes
    twice in one hand only when there are too few.

    own:     (n,) places of the person's pictures
    cameras: (n,) the camera of each; all the same where cameras are left to chance
    shots:   pictures in a hand, 2 or more where there are several cameras

    >>> cameras = np.array([1, 1, 1, 2])
    >>> dealt = hands(np.arange(4), cameras, 2, np.random.default_rng(0))
    >>> [sorted(cameras[next(dealt)].tolist()) for _ in range(3)]
    [[1, 2], [1, 2], [1, 2]]
    """
    if (cameras == cameras[0]).all():
        return _of_any_camera(own, shots, generator)
    return _of_two_cameras(own, cameras, shots, generator)


def rounds(cameras: np.ndarray, shots: int) -> int:
    """How many hands show every picture of a person at least once.

    cameras: (n,) as in `hands`

    >>> rounds(np.array([1] * 11), 4), rounds(np.array([1] * 9 + [2]), 4)
    (3, 3)
    >>> rounds(np.array([1] * 11 + [2]), 4)  # in each hand 3 of the many beside 1 of the few
    4
    """
    least = -(-len(cameras) // shots)
    _, counts = np.unique(cameras, return_counts=True)
    return max(least, -(-int(counts.max()) // (shots - 1))) if len(counts) > 1 else least


def _of_any_camera(
    own: np.ndarray, shots: int, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    """All of `own` before any comes again."""
    waiting = own[:0]
    while True:
        if len(waiting) == 0:
            waiting = generator.permutation(own)
        hand, waiting = waiting[:shots], waiting[shots:]
        while len(hand) < shots:
            again = generator.permutation(own)
            # Others first: a picture comes twice in one hand only when there are too few.
            fresh = again[~np.isin(again, hand)] if len(hand) < len(own) else again
            hand = np.concatenate([hand, fresh[: shots - len(hand)]])
        yield hand


def _of_two_cameras(
    own: np.ndarray, cameras: np.ndarray, shots: int, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    """Dealt like cards, camera by camera, so that no camera gives all pictures of a full hand."""
    count = rounds(cameras, shots)
    while True:
        cards = generator.permutation(len(own))
        cards = cards[np.argsort(cameras[cards], kind="stable")]
        for first in generator.permutation(count):
            hand = cards[first::count]
            while len(hand) < shots:
                times = np.bincount(hand, minlength=len(own))
                rarest = generator.permutation(np.flatnonzero(times == times.min()))
                new = rarest[~np.isin(cameras[rarest], cameras[hand])]
                # Another camera first, where the hand has one alone.
                alone = (cameras[hand] == cameras[hand[0]]).all()
                hand = np.append(hand, new[0] if alone else rarest[0])
            yield own[hand]
