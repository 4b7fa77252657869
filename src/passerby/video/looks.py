"""`Looks`: how far apart two looks of one person may lie, by an embedder."""

from dataclasses import dataclass

from passerby.core.errors import PasserbyError

APART = 0.904
"""Median distance of different rendered people to person-reidentification-retail-0277."""


@dataclass(frozen=True)
class Looks:
    """Cosine distances of an embedder.

    differ: from which two looks are not one person's
    again:  up to which a person who was away is believed to be back

    The defaults are those of person-reidentification-retail-0277, chosen on ADL-Rundle-6; see
    `scaled` for others.

    Raises PasserbyError when a distance is no cosine distance.
    """

    differ: float = 0.5
    again: float = 0.35

    def __post_init__(self) -> None:
        if not (0 < self.differ <= 2 and 0 <= self.again <= 2):
            raise PasserbyError(
                f"differ={self.differ}, again={self.again}: cosine distances are from 0 to 2, and "
                "no two looks differ by less than 0"
            )

    @classmethod
    def scaled(cls, apart: float) -> "Looks":
        """The same for an embedder to which different people lie `apart`, in the median.

        Embedders differ in how much all people have in common to them, and so in the scale of their
        distances. Where different people are said not to lie apart at all, or farther than
        distances go, the defaults hold.

        apart: median cosine distance of two different rendered people

        >>> Looks.scaled(0.546)
        Looks(differ=0.302, again=0.211)
        >>> Looks.scaled(float("nan")) == Looks()
        True
        """
        if not 0.01 <= apart <= 2:
            return cls()
        return cls(round(cls.differ * apart / APART, 3), round(cls.again * apart / APART, 3))
