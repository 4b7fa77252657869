import json

from tests.reports.two_runs import GALLERY, embeddings

from passerby.reports.embeddings import embeddings_section


def test_the_points_are_named_in_the_numbers_and_counted_in_words() -> None:
    section = embeddings_section(embeddings(GALLERY, "g"), "new")
    numbers = json.loads(json.dumps(section.numbers["embeddings"], allow_nan=False))
    assert numbers["keys"] == [f"g{place}.png" for place in range(6)]
    assert numbers["persons"] == [1, 2, 3, 4, 1, 9]
    assert numbers["cameras"] == [2, 2, 2, 1, 3, 3]
    assert len(numbers["points"]) == 6
    assert "6 pictures of 5 people as embedded by new" in section.lead
    assert [figure.name for figure in section.figures] == [
        "embeddings-by-person",
        "embeddings-by-camera",
    ]
    assert "coloured by camera" in section.html


def test_no_more_points_than_asked() -> None:
    section = embeddings_section(embeddings(GALLERY, "g"), points=3)
    assert len(section.numbers["embeddings"]["keys"]) <= 3
