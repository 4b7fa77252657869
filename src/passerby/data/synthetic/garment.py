"""`Garment` and `Bag`: pieces that people wear and carry, and the names of their kinds."""

from dataclasses import dataclass

from passerby.data.synthetic.colours import Colour

UPPER_KINDS = (
    "tee", "polo", "shirt", "blouse", "sweater", "hoodie",
    "jacket", "coat", "dress", "vest", "sport",
)  # fmt: skip
LOWER_KINDS = ("trousers", "jeans", "leggings", "shorts", "skirt", "wide")
PATTERNS = (
    "plain", "bands", "pinstripes", "checks", "dots", "two-tone", "print",
    "logo", "text", "gradient", "sleeves", "side", "chest",
)  # fmt: skip
SHOE_KINDS = ("sneakers", "shoes", "boots", "sandals", "flats")
BAG_KINDS = ("none", "backpack", "shoulder", "tote", "handbag", "crossbody", "waist")
HATS = ("none", "cap", "beanie", "brim", "hood")
HELD = ("none", "phone", "bottle", "book", "paper bag", "umbrella")


@dataclass(frozen=True, slots=True)
class Garment:
    """One piece of clothing.

    kind:    one of `UPPER_KINDS` or `LOWER_KINDS`
    pattern: one of `PATTERNS`, drawn in `second` on `colour`
    period:  metres between two stripes, checks or dots
    length:  sleeve or leg length, 0 (none) to 1 (wrist, ankle)
    hem:     height of the lower edge as a share of the body's height (upper garments)
    ease:    metres of room between body and cloth
    inner:   colour of the shirt beneath an open jacket or a vest
    opening: how far a jacket stands open, radians to each side; 0 is closed
    motif:   which of many prints, lettering or folds; any integer from 0
    layered: the shirt beneath shows under the hem
    """

    kind: str
    colour: Colour
    second: Colour
    pattern: str = "plain"
    period: float = 0.08
    length: float = 1.0
    hem: float = 0.49
    ease: float = 0.012
    inner: Colour = (0.9, 0.9, 0.9)
    opening: float = 0.0
    motif: int = 0
    layered: bool = False

    @property
    def sleeve(self) -> Colour:
        """Colour of the sleeves."""
        if self.kind == "vest":
            return self.inner
        return self.second if self.pattern == "sleeves" else self.colour


@dataclass(frozen=True, slots=True)
class Shoes:
    """What is on the feet: one of `SHOE_KINDS`, of upper, of sole and of accents and socks."""

    kind: str = "sneakers"
    colour: Colour = (0.1, 0.1, 0.1)
    sole: Colour = (0.9, 0.9, 0.9)
    socks: Colour = (0.9, 0.9, 0.9)


@dataclass(frozen=True, slots=True)
class Bag:
    """What is carried: one of `BAG_KINDS`.

    second: colour of pockets, straps and trims; size: share of the usual, 0.75 to 1.3
    side:   1 hangs on the left, -1 on the right; boxy: how square, 2 round to 5
    """

    kind: str = "none"
    colour: Colour = (0.1, 0.1, 0.1)
    second: Colour = (0.1, 0.1, 0.1)
    size: float = 1.0
    side: int = 1
    boxy: float = 3.2
