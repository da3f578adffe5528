from benchmarks import crash
from pipeline.settings import Settings


def test_a_process_that_is_killed_leaves_what_it_acknowledged_and_nothing_half(settings: Settings):
    told, wrong = crash.run(settings, rounds=3, seed=3)
    assert {one.step for one in told} == {"submitted", "corrected", "approved"}
    assert wrong == []
