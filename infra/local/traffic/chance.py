"""The distributions that people follow, each with its source; the dice come from whoever asks."""

import math
from random import Random
from typing import NamedTuple


class Lognormal(NamedTuple):
    """Seconds that work takes: a lognormal by its `mean` and its `variation`, standard deviation over mean.

    Handle times follow it closely: L. Brown et al., "Statistical analysis of a telephone call center", Journal of the American
    Statistical Association 100 (2005), section 4.3.
    """

    mean: float
    variation: float

    def draw(self, dice: Random) -> float:
        """Return one."""
        spread = math.log(1 + self.variation**2)
        return dice.lognormvariate(math.log(self.mean) - spread / 2, math.sqrt(spread))


class Weibull(NamedTuple):
    """Seconds that somebody is patient: a Weibull by its `mean` and its `shape`; shape 1 is exponential.

    C. Palm, "Methods of judging the annoyance caused by congestion", Tele 4 (1953), proposed it for callers who wait; the exponential is
    that of Erlang A (O. Garnett, A. Mandelbaum, M. Reiman, "Designing a call center with impatient customers", Manufacturing and Service
    Operations Management 4 (2002)).
    """

    mean: float
    shape: float

    def draw(self, dice: Random) -> float:
        """Return one."""
        return dice.weibullvariate(self.mean / math.gamma(1 + 1 / self.shape), self.shape)


class Rates:
    """How many come a second, in pieces between which it stands still: a Poisson process whose rate changes.

    That calls come so, with a rate that is constant over short blocks, is what Brown et al. (2005), section 3, found. `pieces` are
    (begins, rate) in seconds, in order; with `again` they begin anew after so many seconds, else nobody comes after the last.
    """

    def __init__(self, pieces: list[tuple[float, float]], *, length: float, again: bool = False) -> None:
        self._pieces = [(begins, rate) for begins, rate in pieces if begins < length]
        self._length = length
        self._again = again

    @property
    def expected(self) -> float:
        """How many come once through, on average."""
        ends = [begins for begins, _ in self._pieces[1:]] + [self._length]
        return sum((end - begins) * rate for (begins, rate), end in zip(self._pieces, ends, strict=True))

    def next_after(self, moment: float, dice: Random) -> float | None:
        """Return when the next one comes after this moment, or None if nobody does.

        Exact: an exponential of mean 1 is used up at the rate of each piece on the way.
        """
        left = dice.expovariate(1.0)
        if self.expected <= 0:
            return None
        rounds, inside = divmod(moment, self._length) if self._again else (0.0, moment)
        while True:
            for number, (begins, rate) in enumerate(self._pieces):
                ends = self._pieces[number + 1][0] if number + 1 < len(self._pieces) else self._length
                start = max(begins, inside)
                if start >= ends:
                    continue
                if left < (ends - start) * rate:
                    return rounds * self._length + start + left / rate
                left -= (ends - start) * rate
            if not self._again:
                return None
            rounds, inside = rounds + 1, 0.0
