from pathlib import Path

from passerby.data.synthetic.world import World
from passerby.gallery.seen import Entry, Sighting
from passerby.pipelines.demo_find import RATE, film_one, read_truth, who

TRUTH = """\
1,7,10.00,20.00,30.00,60.00,1,1,1.000
1,8,100.00,20.00,30.00,60.00,1,1,0.500
3,8,102.00,20.00,30.00,60.00,1,1,1.000
"""


def entry(*sightings: tuple[int, tuple[float, float, float, float]]) -> Entry:
    return Entry("r", 0, "door", 0, 1, False, (), tuple(Sighting(*one) for one in sightings))


def test_truth_is_read_as_corners_by_frame_from_0(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text(TRUTH)
    truth = read_truth(tmp_path / "gt.txt")
    assert sorted(truth) == [0, 2]
    boxes, persons = truth[0]
    assert boxes.tolist() == [[10, 20, 40, 80], [100, 20, 130, 80]]
    assert persons.tolist() == [7, 8]


def test_a_tracklet_is_whom_most_of_its_pictures_show(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text(TRUTH)
    truth = read_truth(tmp_path / "gt.txt")
    on_8 = (101.0, 21.0, 131.0, 81.0)
    assert who(entry((0, (10, 20, 40, 80)), (0, on_8), (2, on_8)), truth) == 8
    assert who(entry((0, (10, 20, 40, 80))), truth) == 7


def test_a_tracklet_of_nobody_is_nobody(tmp_path: Path) -> None:
    (tmp_path / "gt.txt").write_text(TRUTH)
    truth = read_truth(tmp_path / "gt.txt")
    assert who(entry((0, (300, 20, 330, 80))), truth) is None  # beside everybody
    assert who(entry((1, (10, 20, 40, 80))), truth) is None  # a frame without people
    assert who(entry(), truth) is None
    # A third of the overlap is not enough: IoU of two boxes shifted by half their width.
    assert who(entry((0, (25, 20, 55, 80))), truth) is None


def test_a_film_that_is_there_is_kept_and_its_span_is_known(tmp_path: Path) -> None:
    video, truth = tmp_path / "camera-1.mp4", tmp_path / "camera-1.gt.txt"
    video.write_text("a film")
    truth.write_text(TRUTH)
    world = World(people=1, cameras=1)
    recording = film_one((world, 1, video))
    assert (recording.video, recording.truth) == (video, truth)
    assert video.read_text() == "a film"
    (visit,) = world.schedule(1)
    assert recording.start <= visit.start
    assert recording.start + recording.frames / RATE >= visit.end
