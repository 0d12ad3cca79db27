"""Fair comparison on a machine that also does other things."""

import gc
import time
from collections.abc import Callable, Mapping


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds that this process spends on `work`."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def least(rounds: int, subjects: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Measure all subjects in turn, `rounds` times, and return the least of each: noise only ever adds."""
    measured: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, measure in subjects.items():
            measured[name].append(measure())
    return {name: min(values) for name, values in measured.items()}
