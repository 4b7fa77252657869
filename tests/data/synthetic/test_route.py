"""Walks: round the furniture, and inside the place."""

import numpy as np

from passerby.data.synthetic.camera import describe_camera
from passerby.data.synthetic.person import describe_person
from passerby.data.synthetic.place import COLUMNS, ROWS
from passerby.data.synthetic.route import pixel_speed, plan_visit, usable_times
from passerby.data.synthetic.things import things


def test_most_walks_go_round_the_furniture_and_none_through_the_front() -> None:
    clear = []
    for number in range(1, 9):
        camera, person = describe_camera(0, number, "street"), describe_person(0, number)
        visit = plan_visit(0, person, camera, 0, 10.0)
        spots = visit.spots(np.linspace(visit.start, visit.end, 200))
        assert spots[:, 1].max() < camera.far + camera.wall
        for thing in things(camera, 0):
            inside = (np.abs(spots - [thing.x, thing.z]) < [thing.wide, thing.deep]).all(1)
            clear.append(not inside.any())
    assert np.mean(clear) > 0.95


def test_pixel_speed_is_the_difference_of_two_projections() -> None:
    camera, person = describe_camera(0, 2), describe_person(0, 1)
    visit = plan_visit(0, person, camera, 0, 0.0)
    time = float(np.median(usable_times(visit, person, camera)))
    places = []
    for moment in (time - 0.01, time + 0.01):
        x, z = visit.spots(np.array([moment]))[0]
        places.append(camera.project(np.array([x, 1.0, z]), ROWS, COLUMNS)[0])
    by_hand = (places[1] - places[0]) / 0.02
    assert np.allclose(pixel_speed(visit, camera, time), by_hand, atol=12, rtol=0.2)
    assert 10 < np.hypot(*by_hand) < 1000
