import json
import math
import re

import numpy as np
import pytest
import torch
from tests.reports.two_runs import GOOD, POOR, Run, run

from passerby.metrics.pairs import Moments
from passerby.metrics.roc import Roc
from passerby.metrics.verification import VerificationScores, verification_scores
from passerby.reports.roc import roc_figure
from passerby.reports.verification import distance_histogram, verification_section


def of(one: Run) -> VerificationScores:
    return verification_scores(one.distances, one.query, one.gallery)


def normal(apart: float, genuine: int = 500, impostors: int = 20_000) -> VerificationScores:
    near, far = torch.randn(genuine).double(), torch.randn(impostors).double() + apart
    roc = Roc.of(near, far)
    edges = torch.linspace(-6, 6 + apart, 101, dtype=torch.float64)
    error, place = roc.equal_error()
    return VerificationScores(
        protocol="camera-free",
        roc=roc,
        area=roc.area(),
        equal_error=error,
        equal_error_threshold=float(roc.thresholds[place]),
        genuine_distances=Moments.of(near),
        impostor_distances=Moments.of(far),
        edges=edges,
        genuine_histogram=torch.histc(near, 100, -6, 6 + apart).long(),
        impostor_histogram=torch.histc(far, 100, -6, 6 + apart).long(),
    )


def test_table_and_numbers_are_those_of_the_scores() -> None:
    scores = {"new": of(run("new", GOOD)), "old": of(run("old", POOR))}
    section = verification_section(scores)
    rows = re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', section.html, re.DOTALL)
    for name, rest in rows:
        error, area, *_ = re.findall(r"<td>([^<]+)</td>", rest)
        assert error == f"{100 * scores[name].equal_error:.2f} %"
        assert area == f"{scores[name].area:.4f}"
    assert [name for name, _ in rows] == ["new", "old"]
    # 4 queries have 5 right answers; of 24 pairs 19 are impostors: no rate below 1 in 19.
    assert "of 5 genuine and 19 impostor pairs" in section.html
    assert "TPR at 10 %" in section.html
    assert "TPR at 1 %" not in section.html
    numbers = json.loads(json.dumps(section.numbers["verification"], allow_nan=False))
    read = VerificationScores.from_json(json.dumps(numbers["new"]))
    assert read.equal_error == scores["new"].equal_error
    assert [figure.name for figure in section.figures] == ["roc", "distances"]


def test_the_curve_passes_through_the_rates() -> None:
    scores = normal(2.0)
    figure = roc_figure({"run": scores})
    svg = figure.markup()
    assert f"equal error rate {100 * scores.equal_error:.1f} %" in figure.description
    shown = re.findall(r"<text[^>]*>([^<]+ %)</text>", svg)
    assert shown == ["0.01 %", "0.1 %", "1 %", "10 %", "100 %"]
    line = re.search(r'<path d="([^"]+)"[^>]*stroke: #0e9384', svg, re.DOTALL)
    assert line
    x, y = np.array(re.findall(r"[ML] ([\d.]+) ([\d.]+)", line[1]), float).T
    assert (np.diff(y) <= 0).all()
    # From 1 impostor pair in 20,000 to all of them; the last accepts every genuine pair.
    lowest = scores.tpr_at(1 / 20_000)
    for rate in (1e-3, 1e-2, 1e-1):
        at = x[0] + (x[-1] - x[0]) * (1 + math.log10(rate) / math.log10(20_000))
        share = (y[0] - np.interp(at, x, y)) / (y[0] - y[-1])
        assert lowest + share * (1 - lowest) == pytest.approx(scores.tpr_at(rate), abs=0.02)


def test_the_histogram_marks_the_threshold_of_equal_errors() -> None:
    scores = normal(3.0)
    figure = distance_histogram(scores)
    words = f"threshold {scores.equal_error_threshold:.3f}"
    assert f">{words}<" in figure.markup()
    assert f"a threshold of {scores.equal_error_threshold:.3f}" in figure.description
    assert 1.2 < scores.equal_error_threshold < 1.8


def test_distances_without_spread_have_no_d_prime() -> None:
    one = run("new", [[0.5] * 6] * 4)
    section = verification_section({"new": of(one)})
    assert "<td>-</td>" in section.html


def test_of_few_impostors_the_axis_still_has_two_rates() -> None:
    moments, edges = Moments.of(torch.tensor([0.1, 0.2])), torch.tensor([0.0, 1.0])
    roc = Roc.of(torch.tensor([0.1, 0.4]), torch.linspace(0.3, 0.9, 8))
    scores = VerificationScores("p", roc, 0.9, 0.1, 0.3, moments, moments, edges, *[edges[1:]] * 2)
    shown = re.findall(r"<text[^>]*>([^<]+ %)</text>", roc_figure({"run": scores}).markup())
    assert shown == ["12.5 %", "100 %"]
