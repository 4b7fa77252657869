"""Whom tracklets show: people, and what humans said about who is who."""

from dataclasses import dataclass
from typing import Literal

Consent = Literal["unknown", "given", "refused"]


@dataclass(frozen=True)
class Person:
    """Somebody whom tracklets are said to show.

    id:      random, says nothing about who it is
    name:    as people call them; "" for somebody nobody has named
    consent: to being searched for; tracklets of who refused are in no answer
    note:    free text
    """

    id: str
    name: str = ""
    consent: Consent = "unknown"
    note: str = ""


@dataclass(frozen=True)
class Verdict:
    """A human's word on whether a tracklet shows a person. The last word counts.

    by:   who said so: the name of an access key, or of an annotator
    time: seconds since the epoch
    """

    tracklet: str
    person: str
    same: bool
    by: str
    time: float
