import json
import re

from tests.reports.two_runs import embeddings

from passerby.reports.dataset import dataset_section, statistics

QUERY = [(1, 1), (2, 1), (2, 2)]
GALLERY = [(1, 1)] * 3 + [(2, 3), (0, 3), (-1, 3), (0, 3), (5, 2)]


def section():
    return dataset_section(embeddings(QUERY, "q"), embeddings(GALLERY, "g"))


def test_counts_by_hand() -> None:
    assert statistics(embeddings(GALLERY, "g")) == {
        "pictures": 8,
        "people": 3,
        "distractors": 2,
        "junk": 1,
        "pictures_per_person": {1: 2, 3: 1},
        "pictures_per_camera": {1: 3, 2: 1, 3: 4},
    }


def test_table_says_them() -> None:
    rows = re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', section().html, re.DOTALL)
    found = {name: re.findall(r"<td>([^<]+)</td>", rest) for name, rest in rows}
    assert found == {
        "query": ["2", "3", "2", "1, 2, 2", "0", "0"],
        "gallery": ["3", "8", "3", "1, 1, 3", "2", "1"],
    }
    assert "2 people are in both" in section().html


def test_figures_say_them_as_well() -> None:
    people, cameras = section().figures
    assert "query: 1, 2, 2; gallery: 1, 1, 3" in people.description
    assert "camera 3: 0 query, 4 gallery" in cameras.description


def test_numbers_are_ready_for_json() -> None:
    numbers = json.loads(json.dumps(section().numbers["dataset"]))
    assert numbers["people_in_both"] == 2
    assert numbers["gallery"]["pictures_per_camera"] == {"1": 3, "2": 1, "3": 4}


def test_people_with_many_pictures_share_bars() -> None:
    many = embeddings([(1, 1)] * 70 + [(2, 1)] * 2, "g")
    people, _ = dataset_section(many, many).figures
    words = re.findall(r"<text[^>]*>(\d+-\d+)</text>", people.markup())
    assert words[0] == "1-3"
    assert all(int(word.split("-")[0]) % 3 == 1 for word in words)


def test_a_gallery_of_distractors_alone_is_drawn() -> None:
    found = dataset_section(embeddings(QUERY, "q"), embeddings([(0, 1)], "g"))
    assert all(figure.markup() for figure in found.figures)
    assert "gallery: -" in found.figures[0].description
