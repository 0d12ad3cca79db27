"""Settings: read from the environment, with a clear word about what makes no sense."""

import pytest

from infra.local.problems import CannotRun
from infra.local.settings import ROOT, Settings


def test_what_counts_when_nothing_is_said() -> None:
    assert Settings.of({}) == Settings(
        directory=ROOT / ".local",
        emulator_port=4566,
        web_port=8080,
        keep=False,
        traffic=True,
        seed=1,
        connect_port=4567,
        connect_endpoint=None,
        lose=0.0,
        duplicate=0.0,
        shuffle=False,
    )


def test_all_can_be_told() -> None:
    told = {"LOCAL_DIR": "/x", "EMULATOR_PORT": "0", "WEB_PORT": "81", "KEEP": "1", "TRAFFIC": "off", "SEED": "9"}
    told |= {"CONNECT_ENDPOINT": "http://127.0.0.1:4567", "CONNECT_PORT": "0"}
    told |= {"LOSE": "0.02", "DUPLICATE": ".05", "SHUFFLE": "on"}
    assert Settings.of(told).directory.as_posix() == "/x"
    assert (Settings.of(told).keep, Settings.of(told).traffic, Settings.of(told).seed) == (True, False, 9)
    assert (Settings.of(told).lose, Settings.of(told).duplicate, Settings.of(told).shuffle) == (0.02, 0.05, True)
    assert Settings.of(told).connect_port == 0
    assert Settings.of(told).connect_endpoint == "http://127.0.0.1:4567"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEB_PORT", "x"),
        ("WEB_PORT", "65536"),
        ("EMULATOR_PORT", "-1"),
        ("TRAFFIC", "maybe"),
        ("SEED", "1.5"),
        ("CONNECT_ENDPOINT", "here"),
        ("CONNECT_PORT", "70000"),
        ("LOSE", "2"),
        ("LOSE", "1.5"),
        ("DUPLICATE", "-0.1"),
        ("DUPLICATE", "a lot"),
        ("SHUFFLE", "0.5"),
    ],
)
def test_what_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(CannotRun, match=f"{name}={value}"):
        Settings.of({name: value})
