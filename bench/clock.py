"""Fair comparison on a machine that also does other things."""

import gc
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

Portion = TypeVar("Portion")


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds that this process spends on `work`."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def side_by_side(portions: Iterable[Portion], subjects: Mapping[str, Callable[[Portion], object]]) -> dict[str, float]:
    """Return the CPU seconds that each subject spends on all portions, taken portion by portion in turns.

    A machine that slows down for a second then slows them all.
    """
    spent = dict.fromkeys(subjects, 0.0)
    gc.collect()
    for portion in portions:
        for name, subject in subjects.items():
            began = time.process_time()
            subject(portion)
            spent[name] += time.process_time() - began
    return spent
