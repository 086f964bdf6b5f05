"""Numbers for Prometheus: requests and their time, commits and their bytes, who listens."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from memcodec.version import __version__

KIND = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The numbers of one service."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, of no use here
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "memcodec_requests",
            "Requests by route and status.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.seconds = Histogram(
            "memcodec_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=registry
        )
        self.running = Gauge("memcodec_requests_running", "Requests under way.", registry=registry)
        self.refused = Counter(
            "memcodec_refused", "Requests refused, by status.", ["status"], registry=registry
        )
        self.commits = Counter("memcodec_commits", "Commits seen.", ["file"], registry=registry)
        self.commit_bytes = Counter("memcodec_commit_bytes", "Bytes they took.", ["file"], registry=registry)
        self.size = Gauge(
            "memcodec_file_bytes", "Size as far as the last commit.", ["file"], registry=registry
        )
        self.documents = Gauge(
            "memcodec_documents", "Documents in the newest state.", ["file"], registry=registry
        )
        self.listeners = Gauge("memcodec_listeners", "Clients of /ws.", registry=registry)
        self.notes = Gauge("memcodec_notes", "Notes that are open.", registry=registry)
        self.editors = Gauge("memcodec_editors", "Clients that edit or watch a note.", registry=registry)
        self.jobs = Gauge("memcodec_jobs", "Indexing jobs by state.", ["state"], registry=registry)
        Gauge("memcodec_info", "The release.", ["version"], registry=registry).labels(__version__).set(1)

    def text(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self._registry)
