"""Metric math as CloudWatch states it, worked out by the page's own module in a real browser."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.stage import Stage

# Two series of one-minute periods: m2 lacks 60, m1 lacks 180; zero is empty, half has decimals.
SERIES = {
    "m1": [[0, 1], [60, 2], [120, 3]],
    "m2": [[0, 2], [120, 0], [180, 4]],
    "half": [[0, 1.5], [60, -1.5]],
    "zero": [],
}
FRAME = {"from": 0, "to": 240, "period": 60}
RUN = """async ({series, expressions, frame}) => {
  const {evaluate} = await import('/board/metric-math.js');
  const entries = Object.entries(series).map(([id, points]) => ({id, label: id, series: {points: new Map(points), period: 60, label: id}}));
  const asked = expressions.map(([id, expression]) => ({id, label: 'asked', expression}));
  const result = evaluate([...entries, ...asked], frame).pop();
  return Array.isArray(result) ? result.map(({points}) => [...points]) : result.message;
}"""

Points = list[list[float]]
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def ask(browser: Browser) -> Iterator[Ask]:
    """Return a function that works out expressions; the last one's series, or the reason why there are none."""
    stage = Stage()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{stage.url}/board/")

    def work_out(*expressions: str) -> Any:
        named = [[f"e{number}", expression] for number, expression in enumerate(expressions, 1)]
        return page.evaluate(RUN, {"series": SERIES, "expressions": named, "frame": FRAME})

    yield work_out
    context.close()
    stage.close()


@pytest.mark.parametrize(
    ("expression", "points"),
    [
        pytest.param("m1 + m2", [[0, 3], [60, 2], [120, 3], [180, 4]], id="a missing value counts as zero"),
        pytest.param("m1 - m2", [[0, -1], [60, 2], [120, 3], [180, -4]], id="minus"),
        pytest.param("m1 * 10", [[0, 10], [60, 20], [120, 30]], id="series times number"),
        pytest.param("m1 / m2", [[0, 0.5], [180, 0]], id="division by zero drops the point, a missing divisor too"),
        pytest.param("6 / m1", [[0, 6], [60, 3], [120, 2]], id="number by series"),
        pytest.param("100*m1/m2", [[0, 50], [180, 0]], id="products from the left"),
        pytest.param("m1 ^ 2", [[0, 1], [60, 4], [120, 9]], id="power"),
        pytest.param("2 ^ 3 ^ m1", [[0, 8], [60, 512], [120, 134217728]], id="powers from the right"),
        pytest.param("1 + 2 * m1 ^ 2", [[0, 3], [60, 9], [120, 19]], id="precedence"),
        pytest.param("-(m1 - 2)", [[0, 1], [60, 0], [120, -1]], id="unary minus and brackets"),
        pytest.param("m1 > 1", [[0, 0], [60, 1], [120, 1]], id="a comparison gives 0 and 1"),
        pytest.param("m1 >= 2 AND m1 != 3", [[0, 0], [60, 1], [120, 0]], id="and"),
        pytest.param("m1 == 1 || m1 == 3", [[0, 1], [60, 0], [120, 1]], id="or"),
        pytest.param("IF(m2>0, 100*m1/m2, 100)", [[0, 50], [120, 100], [180, 0]], id="a rate without gaps"),
        pytest.param("IF(m1 > 1, m1, 7)", [[0, 7], [60, 2], [120, 3]], id="a series or a number"),
        pytest.param("IF(m1 > 1, m2, 7)", [[0, 7], [120, 0]], id="a chosen series without a point gives none"),
        pytest.param("IF(m1 > 1, m1)", [[60, 2], [120, 3]], id="no third part, no point"),
        pytest.param("SUM([m1, m2])", [[0, 3], [60, 2], [120, 3], [180, 4]], id="sum of a list"),
        pytest.param("AVG([m1, m2])", [[0, 1.5], [60, 2], [120, 1.5], [180, 4]], id="the average is of what is there"),
        pytest.param("MIN([m1, m2])", [[0, 1], [60, 2], [120, 0], [180, 4]], id="min"),
        pytest.param("MAX([m1, m2])", [[0, 2], [60, 2], [120, 3], [180, 4]], id="max"),
        pytest.param("m1 / MAX(m1)", [[0, 1 / 3], [60, 2 / 3], [120, 1]], id="max of one series is a number"),
        pytest.param("m1 - AVG(m1)", [[0, -1], [60, 0], [120, 1]], id="average of one series"),
        pytest.param("CEIL(half)", [[0, 2], [60, -1]], id="ceil"),
        pytest.param("FLOOR(half)", [[0, 1], [60, -2]], id="floor"),
        pytest.param("ABS(half)", [[0, 1.5], [60, 1.5]], id="abs"),
        pytest.param("FILL(m2, 0)", [[0, 2], [60, 0], [120, 0], [180, 4]], id="fill with zero"),
        pytest.param("FILL(m2, REPEAT)", [[0, 2], [60, 2], [120, 0], [180, 4]], id="fill with the last"),
        pytest.param("FILL(m2, LINEAR)", [[0, 2], [60, 1], [120, 0], [180, 4]], id="fill between"),
        pytest.param("FILL(zero, 5)", [[0, 5], [60, 5], [120, 5], [180, 5]], id="fill where there is nothing"),
        pytest.param("m1 / FILL(m2, 1)", [[0, 0.5], [60, 2], [180, 0]], id="fill inside arithmetic"),
        pytest.param("TIME_SERIES(5)", [[0, 5], [60, 5], [120, 5], [180, 5]], id="a number made a series"),
        pytest.param("RATE(m1)", [[60, 1 / 60], [120, 1 / 60]], id="rate a second"),
        pytest.param("DIFF(m2)", [[120, -2], [180, 4]], id="difference to the point before"),
        pytest.param("RUNNING_SUM(m1)", [[0, 1], [60, 3], [120, 6]], id="running sum"),
        pytest.param("m1 * PERIOD(m1)", [[0, 60], [60, 120], [120, 180]], id="period"),
        pytest.param("SUM(METRICS('m'))", [[0, 3], [60, 2], [120, 3], [180, 4]], id="metrics by a part of their id"),
        pytest.param("zero", [], id="no points"),
    ],
)
def test_an_expression_gives_these_points(ask: Ask, expression: str, points: Points) -> None:
    (series,) = ask(expression)
    assert [at for at, _ in series] == [at for at, _ in points]
    assert [value for _, value in series] == pytest.approx([value for _, value in points])


def test_expressions_use_each_other_in_any_order(ask: Ask) -> None:
    assert ask("m1 * 2", "e1 + e1") == [[[0, 4], [60, 8], [120, 12]]]
    assert ask("e2 + 1", "m1 * 2") == [[[0, 2], [60, 4], [120, 6]]]


def test_one_expression_may_draw_several_lines(ask: Ask) -> None:
    assert ask("[m1, half] * 2") == [[[0, 2], [60, 4], [120, 6]], [[0, 3], [60, -3]]]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("SEARCH('{Tsunagu}', 'Sum')", "SEARCH()"),
        ("m9 + 1", 'there is no "m9"'),
        ("e1 + 1", '"e1" is made of itself'),
        ("5", "not a time series"),
        ("SUM(m1)", "not a time series"),
        ("m1 +", "Expected expression"),
        ("alert(1)", "alert()"),
        ("m1.constructor", "MemberExpression"),
        ("constructor()", "constructor()"),
        ("m1 + 'x'", '"x" is not a number'),
        ("FILL(m1)", "FILL needs"),
        ("ABS()", "short of an argument"),
    ],
)
def test_what_cannot_be_worked_out_says_why(ask: Ask, expression: str, reason: str) -> None:
    assert reason in ask(expression)
