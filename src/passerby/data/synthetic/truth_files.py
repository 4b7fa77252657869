"""Truth on disk: maps as PNG, key points as JSON."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from passerby.core.files import write_atomically
from passerby.data.synthetic.keypoints import KEYPOINTS
from passerby.data.synthetic.truth import PART_NAMES, Truth

_FARTHEST = 65_535  # millimetres that 16 bits hold


def write_truth(truth: Truth, path: Path) -> None:
    """Write the truth of a picture beside each other, with `path` and these endings.

    .parts.png:   8 bits, 0 for nobody, else the number of the part
    .persons.png: 16 bits, place in the list of people in the JSON, from 1; 0 for nobody
    .depth.png:   16 bits, millimetres; 65535 for all that is farther
    .json:        the people, the names of parts and key points, and each person's key points:
                  x, y in pixels and 0 outside the picture, 1 hidden, 2 seen
    """
    places = {int(person): at for at, person in enumerate(truth.people, start=1)}
    persons = np.zeros(truth.persons.shape, np.uint16)
    for person, at in places.items():
        persons[truth.persons == person] = at
    depth = np.clip(truth.depth * 1000, 0, _FARTHEST).astype(np.uint16)
    for ending, values in (("parts", truth.parts), ("persons", persons), ("depth", depth)):
        image = Image.fromarray(values)
        write_atomically(path.with_name(f"{path.name}.{ending}.png"), image.save)
    told = {
        "people": truth.people.tolist(),
        "parts": list(PART_NAMES),
        "keypoint_names": list(KEYPOINTS),
        "keypoints": np.round(truth.keypoints.astype(float), 2).tolist(),
    }
    text = json.dumps(told) + "\n"
    write_atomically(path.with_name(f"{path.name}.json"), lambda to: to.write_text(text))
