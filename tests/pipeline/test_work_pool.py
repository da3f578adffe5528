"""What the work pool tells of a run, by a client that stands in for that of a Prefect server."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pytest

if TYPE_CHECKING:
    from prefect.client.schemas.filters import FlowRunFilter

RUN = "0123456789abcdef"
NAME = "rerender 01234567"


class Client:
    """A client that knows the workers of the pool by their status, and flow runs by name and state."""

    def __init__(self, workers: list[str] | None, runs: list[tuple[str, str]]) -> None:
        self._workers = workers
        self._runs = runs

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    def read_work_pool(self, name: str) -> None:
        from prefect.exceptions import ObjectNotFound

        if self._workers is None:
            raise ObjectNotFound(Exception(name))

    def read_workers_for_work_pool(self, _: str) -> list[Any]:
        from prefect.client.schemas.objects import Worker, WorkerStatus

        return [Worker.model_construct(status=WorkerStatus(status)) for status in self._workers or ()]

    def read_flow_runs(self, *, flow_run_filter: "FlowRunFilter", limit: int) -> list[tuple[str, str]]:
        names, state = flow_run_filter.name, flow_run_filter.state
        assert names
        assert state
        assert state.type
        states = [each.value for each in state.type.any_ or ()]
        return [run for run in self._runs if run[0] in (names.any_ or ()) and run[1] in states][:limit]


@pytest.mark.parametrize(
    ("workers", "runs", "tended"),
    [
        *((["ONLINE"], [(NAME, state)], True) for state in ("SCHEDULED", "PENDING", "RUNNING", "PAUSED")),
        *((["ONLINE"], [(NAME, state)], False) for state in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")),
        (["ONLINE"], [("rerender 76543210", "RUNNING")], False),
        (["ONLINE"], [("reextract 01234567", "RUNNING")], False),
        (["OFFLINE", "ONLINE"], [(NAME, "RUNNING")], True),
        (["OFFLINE"], [(NAME, "RUNNING")], False),
        ([], [(NAME, "RUNNING")], False),
        (None, [(NAME, "RUNNING")], False),
    ],
)
def test_a_run_is_tended_while_its_flow_waits_or_runs_and_there_is_a_worker(
    monkeypatch: pytest.MonkeyPatch,
    workers: list[str] | None,
    runs: list[tuple[str, str]],
    tended: bool,
) -> None:
    from pipeline import work_pool

    monkeypatch.setattr(work_pool, "get_client", lambda **_: Client(workers, runs))
    assert work_pool.is_tended("rerender", RUN) is tended


def test_a_run_counts_as_tended_where_the_server_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import work_pool

    def away(**_: bool) -> Client:
        raise ConnectionError

    monkeypatch.setattr(work_pool, "get_client", away)
    assert work_pool.is_tended("rerender", RUN) is True
