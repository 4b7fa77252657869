"""`Metrics`: what Prometheus may know: how much and how fast, never who."""

from passerby.server.extras import require

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Counters of one service in a registry of its own.

    No label holds anything that a request sent: routes are the templates of the table of
    endpoints, and everything else is one of a few words of ours.

    requests: by method, route and status; seconds: how long they took, by route
    searches: by kind; uploads: pictures that were refused, by reason
    refused:  requests turned away, by reason; jobs: finished, by end
    waiting:  pictures that wait for the model; batches: how many it looked at together
    """

    def __init__(self) -> None:
        client = require("prometheus_client")
        self.registry = registry = client.CollectorRegistry()

        def counter(name: str, words: str, *labels: str):
            return client.Counter(f"passerby_{name}", words, labels, registry=registry)

        self.requests = counter("requests", "Requests answered", "method", "route", "status")
        self.searches = counter("searches", "Searches", "kind")
        self.uploads = counter("uploads_refused", "Pictures refused", "reason")
        self.refused = counter("requests_refused", "Requests turned away", "reason")
        self.jobs = counter("jobs", "Jobs that ended", "end")
        self.seconds = client.Histogram(
            "passerby_request_seconds", "Time to answer", ["route"], buckets=_SECONDS,
            registry=registry,
        )  # fmt: skip
        self.batches = client.Histogram(
            "passerby_embedding_batch", "Pictures embedded together", buckets=(1, 2, 4, 8, 16, 32),
            registry=registry,
        )  # fmt: skip
        self.waiting = client.Gauge(
            "passerby_embedding_waiting", "Pictures that wait for the model", registry=registry
        )
        self.streams = client.Gauge(
            "passerby_event_streams", "Open streams of events", registry=registry
        )

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return require("prometheus_client").generate_latest(self.registry)
