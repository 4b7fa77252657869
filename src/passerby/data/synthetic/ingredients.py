"""What a world is made of, and what is left when an ingredient is taken away.

Everything is drawn first and taken away then: whoever and whatever stays is the same as in the
whole world, in the same places.
"""

from collections.abc import Iterable
from dataclasses import replace

from passerby.core.errors import PasserbyError
from passerby.data.synthetic.camera import Camera, exposure
from passerby.data.synthetic.garment import Garment
from passerby.data.synthetic.light import LIGHTS, white_balance
from passerby.data.synthetic.person import Gait, Person
from passerby.data.synthetic.styles import NO_ERRORS, STYLES, Crowd, Style

INGREDIENTS = ("patterns", "bodies", "lights", "backgrounds", "occluders")
"""patterns: prints, stripes, two tones on clothes and bags. bodies: height, build, sex, hair style,
face, gait. lights: light, exposure and development of each camera. backgrounds: ground, walls and
things behind. occluders: others, things in front, and what detectors err in."""

_LIGHT, _SUN = "overcast", (0.0, 0.8, -0.6)  # from above and behind every camera


def ingredients(named: str) -> tuple[str, ...]:
    """The ingredients of "patterns+lights" and so on, in the order of `INGREDIENTS`.

    Raises PasserbyError when there is no such ingredient, or one is named twice.

    >>> ingredients("lights + patterns"), ingredients("")
    (('patterns', 'lights'), ())
    """
    return ordered(word.strip() for word in named.split("+")) if named.strip() else ()


def ordered(names: Iterable[str]) -> tuple[str, ...]:
    """Names of ingredients in the order of `INGREDIENTS`.

    Raises PasserbyError when there is no such ingredient, or one is named twice.

    >>> ordered(["occluders", "bodies"])
    ('bodies', 'occluders')
    """
    names = list(names)
    if len(set(names) & set(INGREDIENTS)) != len(names):
        raise PasserbyError(
            f"a world without {'+'.join(names)!r} cannot be rendered; choose of "
            f"{', '.join(INGREDIENTS)}, each once, with + between, as patterns+lights"
        )
    return tuple(name for name in INGREDIENTS if name in names)


def person_without(person: Person, without: Iterable[str]) -> Person:
    """The person in clothes of one colour each (patterns), with everybody's body (bodies).

    An open jacket still shows the shirt beneath; seams, shoes and what hands hold stay. Of a body
    the colours of skin and hair stay.

    >>> from passerby.data.synthetic.person import describe_person
    >>> anna = person_without(describe_person(0, 1), ["patterns", "bodies"])
    >>> anna.upper.pattern, anna.height
    ('plain', 1.7)
    """
    if "patterns" in without:
        person = replace(
            person,
            upper=_plain(person.upper),
            lower=_plain(person.lower),
            bag=replace(person.bag, second=person.bag.colour),
        )
    if "bodies" in without:
        person = replace(
            person, height=1.70, build=1.0, female=0.5, age=30.0, hair_style="full", beard=False,
            glasses=False, gait=Gait(),
        )  # fmt: skip
    return person


def camera_without(camera: Camera, without: Iterable[str]) -> Camera:
    """The camera in everybody's light (lights), before a grey stage (backgrounds), with nothing
    that stands between it and the people (occluders).

    Where it hangs and looks, its lens and how many rows its sensor resolves stay.

    >>> from passerby.data.synthetic.camera import describe_camera
    >>> one, two = (camera_without(describe_camera(0, n), ["lights"]) for n in (1, 2))
    >>> (one.gain, one.cast, one.contrast) == (two.gain, two.cast, two.contrast), one.noise
    (True, 0.0)
    """
    if "lights" in without:
        light = LIGHTS[_LIGHT]
        camera = replace(
            camera, light=_LIGHT, sun=_SUN, direct=light.direct, sky=light.sky,
            cast=white_balance(light, 1.0), gain=exposure(light, _SUN), contrast=1.3,
            saturation=0.8, sharpen=0.0, veil=0.0, blur=0.0, noise=0.0, shutter=0.0, hunting=0.0,
            quality=100, interlaced=False, focus=1.0,
        )  # fmt: skip
    return replace(camera, bare="backgrounds" in without, clear="occluders" in without)


def style_without(name: str, without: Iterable[str]) -> Style:
    """The style `name`, with nobody in the way and exact boxes (occluders).

    >>> style_without("station", ["occluders"]).crowd.share
    0.0
    """
    style = STYLES[name]
    return (
        replace(style, crowd=Crowd(share=0.0), boxes=NO_ERRORS) if "occluders" in without else style
    )


def _plain(garment: Garment) -> Garment:
    return replace(garment, pattern="plain", second=garment.colour)
