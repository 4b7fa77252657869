"""Who may be one person, and who may be two: for a human to look at and decide."""

from typing import Annotated, Literal

from fastapi import FastAPI, Query, Request

from passerby.pipelines.identity_suggestions import merge_suggestions, split_suggestions
from passerby.server.openapi import told
from passerby.server.present import Presenter
from passerby.server.problems import refusal
from passerby.server.roles import API
from passerby.server.schemas.people import SuggestionOut, SuggestionsOut
from passerby.server.service import Service, or_else


def add_suggestions(app: FastAPI, service: Service) -> None:
    """The endpoint of suggestions."""
    gallery = service.gallery

    @app.get(f"{API}/people/suggestions", tags=["people"], responses=told(409))
    def suggestions(
        request: Request,
        kind: Annotated[
            Literal["merge", "split"],
            Query(description="people who may be one, or may know a tracklet; or who may be two"),
        ] = "merge",
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> SuggestionsOut:
        """The likeliest first. Answer with merge, assign, split or verdicts; what was rejected is
        not suggested again. The gallery must have been calibrated."""
        if service.calibration is None:
            raise refusal(
                409,
                "the gallery is not calibrated; run `passerby identities calibrate`, and start "
                "the service again",
            )
        suggest = merge_suggestions if kind == "merge" else split_suggestions
        with or_else(409):  # calibrated for another model
            found = suggest(gallery, limit, service.calibration, service.times)
        people = sorted({id for one in found for id in one.people})
        tracklets = sorted({id for one in found for id in one.tracklets})
        service.note(request, "view suggestions", people=people, tracklets=tracklets)
        present = Presenter(gallery)
        shown = {one.id: one for one in present.people([gallery.person(id) for id in people])}
        return SuggestionsOut(
            items=[
                SuggestionOut(
                    kind=one.kind,
                    people=[shown[id] for id in one.people],
                    tracklets=present.tracklets(gallery.entry(id) for id in one.tracklets),
                    distance=one.distance,
                    probability=one.probability,
                )
                for one in found
            ]
        )
