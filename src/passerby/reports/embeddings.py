"""The section that shows the embeddings in a plane, coloured by person and by camera."""

from passerby.core.embeddings import Embeddings
from passerby.reports.html import Section, figure, side_by_side
from passerby.reports.scatter import scatter_figure
from passerby.reports.tsne import layout, whole_people
from passerby.reports.words import counted


def embeddings_section(
    embeddings: Embeddings, name: str = "", suffix: str = "", points: int = 600, seed: int = 0
) -> Section:
    """A t-SNE layout of people drawn at random, with all their pictures, drawn twice.

    name:   the run, where a page shows several
    suffix: stands behind the heading
    points: pictures at most

    Raises PasserbyError when nobody is in the embeddings, or scikit-learn is not installed.
    """
    part = embeddings[whole_people(embeddings, points, seed)]
    places = layout(part.features, seed)
    persons, cameras = part.persons.tolist(), part.cameras.tolist()
    drawn = (
        f"{counted(len(part), 'picture', 'pictures')} of "
        f"{counted(len(set(persons)), 'person', 'people')}"
    )
    said = f"t-SNE layout of {drawn} from {counted(len(set(cameras)), 'camera', 'cameras')}"
    by_person = scatter_figure(
        places,
        persons,
        "person",
        description=f"{said}, coloured by person",
        name="embeddings-by-person",
        others="other people",
    )
    by_camera = scatter_figure(
        places,
        cameras,
        "camera",
        description=f"{said}, coloured by camera",
        name="embeddings-by-camera",
        others="other cameras",
    )
    of_run = f" by {name}" if name else ""
    return Section(
        f"Embeddings{suffix}",
        side_by_side(
            figure(by_person, "By person: pictures of one person should stand together."),
            figure(by_camera, "By camera: cameras should be mixed; an island is a camera's bias."),
        ),
        f"{drawn} as embedded{of_run}, laid out in a plane by t-SNE, which keeps near ones near. "
        "Distances between groups mean little.",
        figures=(by_person, by_camera),
        numbers={
            "embeddings": {
                "keys": part.keys,
                "persons": persons,
                "cameras": cameras,
                "points": [[round(float(x), 4), round(float(y), 4)] for x, y in places],
            }
        },
    )
