"""The distributions have the means and shapes that they promise, at fixed seeds and within what chance allows."""

import math
from itertools import pairwise
from random import Random
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.traffic.chance import Lognormal, Rates, Weibull
from infra.local.traffic.scenario import named

DRAWS = 40_000
HOUR = 3600.0


@pytest.mark.parametrize(("mean", "variation"), [(460, 0.9), (40, 0.6), (5, 0.1)])
def test_work_is_lognormal_with_its_mean_and_variation(mean: float, variation: float) -> None:
    dice, work = Random(1), Lognormal(mean=mean, variation=variation)
    drawn = [work.draw(dice) for _ in range(DRAWS)]
    assert fmean(drawn) == pytest.approx(mean, rel=4 * variation / math.sqrt(DRAWS))
    assert pstdev(drawn) == pytest.approx(variation * mean, rel=0.05)
    # The logarithm of a lognormal is symmetric: mean and median of it are one.
    logs = sorted(map(math.log, drawn))
    assert fmean(logs) == pytest.approx(logs[DRAWS // 2], abs=0.02)


@pytest.mark.parametrize(("mean", "shape"), [(150, 0.9), (90, 1.0), (60, 2.0)])
def test_patience_is_weibull_with_its_mean_and_shape(mean: float, shape: float) -> None:
    dice, patience = Random(2), Weibull(mean=mean, shape=shape)
    drawn = sorted(patience.draw(dice) for _ in range(DRAWS))
    assert fmean(drawn) == pytest.approx(mean, rel=0.03)
    # ln(-ln(survival)) grows with the logarithm of time, as steeply as the shape says.
    at = [DRAWS // 10, DRAWS * 9 // 10]
    low, high = (math.log(-math.log(1 - place / DRAWS)) for place in at)
    slope = (high - low) / (math.log(drawn[at[1]]) - math.log(drawn[at[0]]))
    assert slope == pytest.approx(shape, rel=0.03)


def come(rates: Rates, dice: Random) -> list[float]:
    moments, at = [], rates.next_after(0.0, dice)
    while at is not None:
        moments.append(at)
        at = rates.next_after(at, dice)
    return moments


def test_arrivals_of_each_hour_are_poisson_with_the_rate_of_that_hour() -> None:
    scenario = named("ordinary-day")
    days = [come(scenario.rates(1000), Random(seed)) for seed in range(200)]
    for hour, weight in enumerate(scenario.hours):
        counts = [sum(hour * HOUR <= at < (hour + 1) * HOUR for at in day) for day in days]
        expected = 1000 * weight / sum(scenario.hours)
        assert fmean(counts) == pytest.approx(expected, abs=4 * math.sqrt(expected / 200) + 1e-9)
        if expected > 20:
            assert pstdev(counts) ** 2 == pytest.approx(expected, rel=0.45), "a Poisson's variance is its mean"


def test_gaps_within_one_rate_are_exponential() -> None:
    moments = come(Rates([(0.0, 0.5)], length=50_000), Random(3))
    gaps = [after - before for before, after in pairwise(moments)]
    assert fmean(gaps) == pytest.approx(2.0, rel=0.03)
    assert pstdev(gaps) == pytest.approx(fmean(gaps), rel=0.03)


def test_in_an_outage_four_times_as_many_come_for_two_hours() -> None:
    usual, outage = named("ordinary-day").rates(1000), named("outage").rates(1000)
    two_hours = sum(named("outage").hours[10:12]) / sum(named("outage").hours)
    assert outage.expected == pytest.approx(usual.expected * (1 + 3 * two_hours))


@given(
    st.lists(st.floats(0, 3), min_size=1, max_size=6).filter(lambda rates: sum(rates) > 0.1),
    st.floats(0, 500),
    st.integers(0, 1000),
)
def test_whoever_comes_next_comes_later_and_while_somebody_may(rates: list[float], moment: float, seed: int) -> None:
    pieces = [(100.0 * place, rate) for place, rate in enumerate(rates)]
    length = 100.0 * len(rates)
    again = Rates(pieces, length=length, again=True).next_after(moment, Random(seed))
    assert again is not None
    assert again >= moment
    assert rates[min(int(again % length // 100), len(rates) - 1)] > 0 or math.isclose(again % 100, 0, abs_tol=1e-6)
    once = Rates(pieces, length=length).next_after(moment, Random(seed))
    assert once is None or once == pytest.approx(again)


def test_nobody_comes_where_nobody_may() -> None:
    assert Rates([(0.0, 0.0)], length=10, again=True).next_after(0, Random(1)) is None
