"""Styles of worlds: what a plaza, a mall or a street at night is made of."""

from dataclasses import dataclass, field

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who else is in a shot of somebody.

    share: of the shots that show bystanders; most: how many at once
    before: share of the bystanders who stand between camera and person
    along: share who walk the same way, side by side
    """

    share: float = 0.25
    most: int = 2
    before: float = 0.25
    along: float = 0.55


@dataclass(frozen=True, slots=True)
class BoxErrors:
    """How far a detector's boxes are from the truth, as shares of the box.

    centre, size: sigmas of where the middle lies and how large the box is
    margin: what detectors leave around a body on average
    lost:   share of boxes that end early (feet or head are cut), by `cut`
    loose:  share of boxes that are much too large, by up to `slack`
    room:   widths of boxes, as shares of the body's width
    least:  how narrow they are at least, as shares of the body's height
    """

    centre: float = 0.03
    size: float = 0.045
    margin: float = 0.025
    lost: float = 0.08
    cut: Range = (0.04, 0.16)
    loose: float = 0.05
    slack: float = 0.25
    room: Range = (0.98, 1.10)
    least: Range = (0.38, 0.48)


NO_ERRORS = BoxErrors(
    centre=0.0, size=0.0, margin=0.0, lost=0.0, loose=0.0, room=(1.0, 1.0), least=(0.43, 0.43)
)
"""Boxes that end where the body ends, and are not narrower than boxes mostly are."""


@dataclass(frozen=True, slots=True)
class Style:
    """A kind of world; every camera draws its own from it.

    lights:  names of `LIGHTS`; grounds, fronts, sides: names of what is drawn below, at the far
             end and to the left and right; things: what stands around, clutter: how many
    masts:   metres above the ground; level: share of cameras that look nearly straight ahead
    depths:  metres to the farthest people; walls: metres from them to the far front
    lines:   rows that sensors resolve
    contrast, saturation, sharpen, quality: of the development, ranges
    weather: "dry", "rain" or "snow"
    summer:  share of the people who are dressed for warm weather
    spacing: metres between neighbouring cameras in town

    >>> STYLES["mall"].weather
    'dry'
    """

    name: str
    lights: tuple[str, ...]
    grounds: tuple[str, ...]
    fronts: tuple[str, ...]
    sides: tuple[str, ...]
    things: tuple[str, ...]
    clutter: tuple[int, int] = (3, 6)
    masts: Range = (2.4, 5.2)
    level: float = 0.15
    depths: Range = (8.0, 14.0)
    walls: Range = (0.9, 8.0)
    lines: tuple[int, ...] = (400, 480, 600, 720, 1080)
    contrast: Range = (1.0, 1.65)
    saturation: Range = (0.4, 1.05)
    sharpen: Range = (0.0, 1.6)
    quality: Range = (45, 95)
    weather: str = "dry"
    summer: float = 0.45
    spacing: float = 12.0
    crowd: Crowd = field(default=Crowd())
    boxes: BoxErrors = field(default=BoxErrors())


_OUTDOOR_THINGS = (
    "bush", "planter", "bin", "box", "bollard", "post", "bicycle", "bench", "sign", "car", "tree",
    "railing",
)  # fmt: skip

STYLES: dict[str, Style] = {
    style.name: style
    for style in (
        Style(
            "town",
            lights=("sun", "overcast", "low sun", "shade", "tungsten", "neon", "dusk", "hazy sun",
                    "led", "arcade"),
            grounds=("slabs", "asphalt", "bricks", "stripes", "grass", "concrete", "tiles",
                     "cobbles"),
            fronts=("houses", "shops", "hedge", "parapet", "shutter", "concrete", "fence", "brick"),
            sides=("houses", "shops", "concrete", "open", "brick", "shutter"),
            things=_OUTDOOR_THINGS,
        ),
        Style(
            "plaza",
            lights=("sun", "hazy sun", "low sun", "shade", "overcast"),
            grounds=("slabs", "cobbles", "stripes", "bricks"),
            fronts=("shops", "houses", "hedge"),
            sides=("open", "shops", "houses"),
            things=("planter", "bench", "bollard", "post", "bin", "bush", "bicycle", "sign"),
            masts=(3.2, 6.0), level=0.05, depths=(10.0, 15.0), walls=(3.0, 14.0),
            contrast=(1.0, 1.5), saturation=(0.7, 1.15), summer=0.6, spacing=24.0,
            crowd=Crowd(0.35, 3, 0.25, 0.4),
        ),
        Style(
            "mall",
            lights=("tungsten", "neon", "led", "skylight"),
            grounds=("tiles", "marble", "carpet"),
            fronts=("shops", "glass", "panels"),
            sides=("shops", "glass", "panels"),
            things=("planter", "bench", "bin", "sign", "box", "stand", "board", "railing"),
            masts=(2.5, 4.2), level=0.2, depths=(7.0, 12.0), walls=(0.9, 4.0),
            saturation=(0.6, 1.2), quality=(35, 90), summer=0.35, spacing=14.0,
            crowd=Crowd(0.40, 3, 0.35, 0.5),
        ),
        Style(
            "campus",
            lights=("overcast", "arcade", "shade", "hazy sun", "led", "sun"),
            grounds=("stripes", "slabs", "concrete", "speckled", "bricks"),
            fronts=("parapet", "fence", "shutter", "concrete", "panels", "hedge"),
            sides=("parapet", "concrete", "shutter", "panels"),
            things=("sign", "bin", "planter", "post", "bicycle", "railing", "board"),
            clutter=(1, 4), masts=(2.6, 4.6), level=0.1, depths=(7.0, 11.0), walls=(0.8, 3.0),
            lines=(480, 600, 720, 1080), contrast=(1.25, 1.85), saturation=(0.35, 0.85),
            sharpen=(0.6, 2.0), quality=(50, 90), summer=0.2, spacing=40.0,
            crowd=Crowd(0.22, 2, 0.2, 0.7),
        ),
        Style(
            "street",
            lights=("sun", "overcast", "shade", "low sun"),
            grounds=("asphalt", "slabs", "zebra", "concrete"),
            fronts=("shops", "houses", "brick", "shutter"),
            sides=("shops", "houses", "open", "brick"),
            things=("car", "car", "bicycle", "post", "bollard", "bin", "sign", "railing"),
            clutter=(4, 8), masts=(3.0, 6.0), depths=(10.0, 15.0), walls=(2.5, 9.0),
            summer=0.4, spacing=30.0, boxes=BoxErrors(centre=0.04, size=0.035, lost=0.12),
            crowd=Crowd(0.3, 2, 0.3, 0.6),
        ),
        Style(
            "station",
            lights=("neon", "led", "arcade", "skylight"),
            grounds=("speckled", "tiles", "platform", "concrete"),
            fronts=("metro", "panels", "shutter", "glass"),
            sides=("metro", "panels", "concrete"),
            things=("post", "pillar", "bench", "bin", "sign", "stand", "railing"),
            masts=(2.3, 3.6), level=0.3, depths=(8.0, 13.0), walls=(0.9, 5.0),
            lines=(360, 400, 480, 720), contrast=(0.95, 1.5), saturation=(0.4, 0.95),
            quality=(25, 80), summer=0.3, spacing=22.0, boxes=BoxErrors(lost=0.15, loose=0.1),
            crowd=Crowd(0.55, 4, 0.4, 0.6),
        ),
        Style(
            "park",
            lights=("sun", "shade", "hazy sun", "overcast", "low sun"),
            grounds=("grass", "gravel", "bricks", "concrete"),
            fronts=("hedge", "fence", "parapet"),
            sides=("hedge", "open", "fence"),
            things=("bush", "bush", "bench", "bicycle", "post", "bin", "tree"),
            clutter=(3, 7), masts=(2.2, 4.0), level=0.35, depths=(9.0, 14.0), walls=(1.0, 8.0),
            saturation=(0.7, 1.25), contrast=(0.95, 1.45), summer=0.6, spacing=45.0,
            crowd=Crowd(0.15, 2, 0.2, 0.7),
        ),
        Style(
            "night",
            lights=("sodium", "street lamp", "shop light", "dusk"),
            grounds=("asphalt", "slabs", "concrete", "bricks"),
            fronts=("shops", "houses", "fence", "shutter"),
            sides=("shops", "houses", "open"),
            things=("car", "post", "bin", "bicycle", "bollard", "planter"),
            masts=(2.6, 5.2), lines=(360, 480, 600), saturation=(0.3, 0.95),
            contrast=(1.0, 1.6), quality=(30, 80), summer=0.3, spacing=26.0,
            crowd=Crowd(0.2, 2, 0.25, 0.7),
        ),
        Style(
            "rain",
            lights=("overcast", "shade", "dusk"),
            grounds=("asphalt", "slabs", "cobbles", "zebra"),
            fronts=("shops", "houses", "hedge", "concrete"),
            sides=("houses", "open", "shops"),
            things=("car", "post", "bush", "bin", "planter", "bollard"),
            masts=(2.6, 5.2), contrast=(0.85, 1.3), saturation=(0.4, 0.9), weather="rain",
            summer=0.15, spacing=26.0, quality=(35, 90), crowd=Crowd(0.2, 2, 0.25, 0.7),
        ),
        Style(
            "snow",
            lights=("snow light", "overcast", "sun"),
            grounds=("snow",),
            fronts=("houses", "hedge", "fence", "brick"),
            sides=("houses", "open", "hedge"),
            things=("car", "post", "bush", "bin", "bench", "bollard"),
            masts=(2.6, 5.2), contrast=(0.9, 1.4), saturation=(0.4, 1.0), weather="snow",
            summer=0.0, spacing=26.0, crowd=Crowd(0.2, 2, 0.25, 0.7),
        ),
    )
}  # fmt: skip
"""Styles by name."""
