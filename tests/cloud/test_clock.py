from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from lab_env.cloud.clock import LabClock


def test_it_starts_at_a_fixed_moment_and_reading_does_not_move_it():
    clock = LabClock()
    assert clock.now() == clock.now() == datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_a_tick_is_one_second():
    clock = LabClock(datetime(2026, 2, 1, tzinfo=UTC))
    assert clock.tick() == datetime(2026, 2, 1, 0, 0, 1, tzinfo=UTC)
    assert clock.now() == datetime(2026, 2, 1, 0, 0, 1, tzinfo=UTC)


def test_threads_never_see_one_moment_twice():
    clock = LabClock()
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: clock.tick(), range(800)))
    assert len(set(seen)) == 800
    assert max(seen) - datetime(2026, 1, 5, 9, tzinfo=UTC) == timedelta(seconds=800)
