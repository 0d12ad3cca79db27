"""The deployed CloudWatch dashboard, drawn by the page."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser import play
from tests.browser.conftest import Opener
from tests.browser.stage import Stage

Board = Callable[..., Page]


def widget(page: Page, index: int) -> Any:
    return page.locator(f'.widget[data-widget="{index}"]')


def test_every_widget_stands_where_the_body_puts_it(board: Board) -> None:
    page = board()
    assert page.locator(".widget").count() == len(play.BODY["widgets"])
    grid = page.locator(".widgets").bounding_box()
    left, right = widget(page, 1).bounding_box(), widget(page, 2).bounding_box()
    assert grid is not None
    assert left["y"] == right["y"]
    assert left["width"] == pytest.approx(right["width"], abs=1)
    assert right["x"] > left["x"] + left["width"]
    assert widget(page, 0).bounding_box()["width"] == pytest.approx(grid["width"], abs=1)


def test_an_expression_is_worked_out_and_its_inputs_stay_hidden(board: Board) -> None:
    page = board()
    expect(widget(page, 1).locator(".legend li")).to_have_count(1)
    expect(widget(page, 1).locator(".legend")).to_contain_text("service level 88.9")
    expect(widget(page, 1).get_by_role("img")).to_have_attribute(
        "aria-label", "Service level 20 s (%), service level 88.9, target 80"
    )


def test_a_chart_has_ink_in_its_colours(board: Board) -> None:
    page = board()
    ink = page.evaluate(
        """() => [...document.querySelectorAll('.widget canvas')].map((canvas) => {
          const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          let blue = 0;
          for (let at = 0; at < data.length; at += 4) blue += data[at + 2] > data[at] + 60 && data[at + 3] > 200;
          return blue;
        })"""
    )
    assert min(ink[:2]) > 50


def test_a_gap_in_data_is_a_gap(board: Board) -> None:
    page = board()
    rows = page.evaluate(
        """async () => {
          const {aligned} = await import('/board/chart.js');
          const line = (points) => ({label: '', axis: 'left', period: 60, points: new Map(points)});
          return aligned([line([[60, 1], [240, 2]]), line([[60, 5]])], {from: 0, to: 300}, false);
        }"""
    )
    assert rows == {
        "moments": [60, 120, 180, 240, 300],
        "rows": [[1, None, None, 2, None], [5, None, None, None, None]],
    }


def test_axes_begin_where_they_should(board: Board) -> None:
    page = board()
    limits = page.evaluate(
        """async () => {
          const {limits} = await import('/board/chart.js');
          return [limits(undefined, [50, 100]), limits({min: 60, max: 100}, [70, 80]), limits(undefined, [-4, 2]), limits(undefined, [])];
        }"""
    )
    assert limits == [[0, 108], [60, 100], [-4, pytest.approx(2.16)], [0, 1]]


def test_shorthand_is_written_out(board: Board) -> None:
    page = board()
    fields = page.evaluate(
        """async () => {
          const {expand} = await import('/board/widget-data.js');
          return expand([['N', 'A', 'Queue', 'q1'], ['.', 'B', '.', '.'], [{expression: 'm1'}], ['...', 'q2'], ['...', {stat: 'Sum'}]]).map(({fields}) => fields.join(' '));
        }"""
    )
    assert fields == ["N A Queue q1", "N B Queue q1", "", "N B Queue q2", "N B Queue q2"]


def test_single_values_gauges_bars_and_tables(board: Board) -> None:
    page = board()
    expect(widget(page, 3).locator("strong")).to_have_text("54")
    expect(widget(page, 3).get_by_role("img")).to_have_attribute(
        "aria-label", "% of quota: 54, on a scale from 0 to 100"
    )
    expect(widget(page, 4).locator("strong")).to_have_text(["1", "19"])
    expect(widget(page, 5).locator("strong")).to_have_text(["60", "36"])
    expect(widget(page, 6).locator("tbody tr")).to_have_text("support-ja2812882,278285")


def test_text_is_markdown_and_never_markup(board: Board) -> None:
    page = board()
    expect(widget(page, 0).get_by_role("heading", name="Contact centre")).to_be_visible()
    expect(widget(page, 0).locator("strong")).to_have_text("JST")
    expect(widget(page, 0).get_by_role("link")).to_have_attribute("href", "https://docs.aws.amazon.com/")
    expect(widget(page, 0)).to_contain_text("<script>alert(1)</script>")
    assert page.locator(".widget script").count() == 0


def test_a_link_that_would_run_something_is_no_link(board: Board) -> None:
    page = board()
    html = page.evaluate(
        """async () => {
          const {markdown} = await import('/board/markdown.js');
          const links = '[a](javascript:alert(1)) [b](data:text/html,x) [c](//evil.example) [d](https://example.com/)';
          return markdown(links).map((block) => [...block.querySelectorAll('a')].map((link) => link.textContent)).flat();
        }"""
    )
    assert html == ["d"]


def test_markdown_lists_tables_and_code(board: Board) -> None:
    page = board()
    html = page.evaluate(
        """async () => {
          const {markdown} = await import('/board/markdown.js');
          const text = '## Head\\n- one\\n- `two`\\n\\n1. first\\n2. second\\n\\na | b\\n--- | ---\\n1 | **2**\\n\\nplain *as typed*';
          return markdown(text).map((block) => block.outerHTML);
        }"""
    )
    assert html == [
        '<h4 class="md-2">Head</h4>',
        "<ul><li>one</li><li><code>two</code></li></ul>",
        "<ol><li>first</li><li>second</li></ol>",
        '<table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead><tbody><tr><td>1</td><td><strong>2</strong></td></tr></tbody></table>',
        "<p>plain *as typed*</p>",
    ]


def test_alarms_say_their_state_in_words(board: Board) -> None:
    page = board()
    expect(widget(page, 7).locator("li")).to_have_text(["● OKtsunagu-parked", "○ No datatsunagu-oldest"])


def test_what_cannot_be_drawn_says_so_by_name(board: Board) -> None:
    page = board()
    expect(widget(page, 8)).to_contain_text("Flow errors")
    expect(widget(page, 8)).to_contain_text("A widget of type log is not drawn here.")
    expect(widget(page, 9)).to_contain_text("all: SEARCH()")


def test_arrow_keys_read_a_chart(board: Board) -> None:
    page = board()
    chart = widget(page, 2).locator(".canvas")
    chart.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(widget(page, 2).locator(".legend li").first).to_contain_text("15/06")
    before = widget(page, 2).locator(".legend").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(widget(page, 2).locator(".legend")).not_to_have_text(before)


def test_new_points_are_drawn_into_the_same_chart(board: Board, stage: Stage) -> None:
    page = board()
    canvas = page.locator(".widget canvas").first.element_handle()
    changed = play.dashboard({"from": "2026-06-15T00:00:00+09:00", "to": "2026-06-15T11:30:00+09:00"})
    changed["series"][2]["values"][-1] = 33.0
    stage.answer("/dashboard", changed)
    page.clock.fast_forward(16_000)
    expect(widget(page, 2).locator(".legend")).to_contain_text("Offered 33")
    assert canvas is not None
    assert canvas.evaluate("(canvas) => canvas.isConnected")


def test_it_is_asked_for_the_chosen_range(board: Board) -> None:
    page = board()
    with page.expect_response("**/api/dashboard*") as answer:
        page.keyboard.press("1")
    asked = dict(parse_qsl(urlsplit(answer.value.url).query))
    assert asked == {"from": "2026-06-15T08:30:00+09:00", "to": "2026-06-15T11:30:00+09:00"}


def test_a_target_is_named_at_every_drawing(open_page: Opener, stage: Stage) -> None:
    page = open_page()
    page.add_init_script(
        """const write = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
          const said = document.documentElement.dataset;
          if (text.startsWith('target')) said.written = `${said.written ?? ''}${text} ${this.textAlign}; `;
          return write.call(this, text, ...rest);
        };"""
    )
    page.goto(f"{stage.url}/board/")
    html = page.locator("html")
    expect(html).to_have_attribute("data-written", re.compile("^(target 80 left; )+$"))
    before = html.get_attribute("data-written") or ""
    page.keyboard.press("r")
    expect(html).to_have_attribute("data-written", re.compile(f"^{before}(target 80 left; )+$"))
