"""Scenarios: those there are can be played, and a mistake in a file is one sentence that names file, key and what is allowed."""

from pathlib import Path

import pytest

from infra.local.traffic.reading import BadScenario
from infra.local.traffic.roster import plans, staffed
from infra.local.traffic.scenario import DEMO, DIRECTORY, named, names, read
from tests.docs.pages import first_cells
from tests.traffic.town import instance

ORDINARY = (DIRECTORY / "ordinary-day.toml").read_text()


def test_there_are_the_scenarios_that_the_page_names() -> None:
    assert names() == sorted(first_cells("docs/traffic.md", "Scenarios"))
    assert DEMO not in names()


@pytest.mark.parametrize("name", [*names(), DEMO])
def test_each_can_be_read_and_its_pauses_are_statuses(name: str) -> None:
    scenario = named(name)
    assert scenario.name == name
    centre, user_ids = staffed(instance(), scenario.agents)
    assert len(plans(scenario, user_ids, centre, 1)) == scenario.agents


MISTAKES = [
    ("contacts = 1000", "", "contacts is missing: write a whole number from 1 to 100000."),
    ("contacts = 1000", "contacts = 0", "contacts is 0: write a whole number from 1 to 100000."),
    ("contacts = 1000", 'contacts = "many"', "contacts is 'many': write a whole number from 1 to 100000."),
    ("home = 0.5", "home = 1.5", "home is 1.5: write a number from 0 to 1."),
    ("home = 0.5", "home = true", "home is True: write a number from 0 to 1."),
    ("agents = 40", "agents = 41", "agents is 41: write a whole number from 1 to 40."),
    ('zone = "Asia/Tokyo"', 'zone = "Tokyo"', "zone is 'Tokyo': write a zone such as Asia/Tokyo."),
    ("hours = [1, 1, ", "hours = [1, ", "numbers of at least 0, not all of them 0."),
    ("monday = 1.25", "monday = -1", "weekdays.monday is -1: write a number from 0 to 100."),
    ("shape = 0.9", "shape = 0", "callers.patience.shape is 0: write a number from 0.2 to 10."),
    ("mean = 150", "men = 150", "callers.patience.mean is missing: write a number from 1 to 86400."),
    ("silent = 0.05", "silent = 0.05\nshy = 0.1", "callers.shy means nothing here: the keys are again, again_after, "),
    ('begins = "08:30"', 'begins = "8:30"', "shifts[0].begins is '8:30': write a time from 00:00 to 24:00, in quotes."),
    ('ends = "17:30"', 'ends = "08:00"', "shifts[0].ends is '08:00': write a time after begins."),
    ('ends = "17:30"', 'ends = "24:30"', "shifts[0].ends is '24:30': write a time from 00:00 to 24:00, in quotes."),
    ("[channels]", "[channel]", "channels is missing: write a table."),
    ("[[shifts]]", "[shifts]", "cannot be read: "),
    ("title =", "titel =", "title is missing: write a text."),
    ("accept_to = 6", "accept_to = 0.5", "habits.accept_to is 0.5: write a number from 1 to 60."),
    ("[live]", "[live]\nnow = true", "live.now means nothing here: the keys are begins, ends."),
]


@pytest.mark.parametrize(("right", "wrong", "sentence"), MISTAKES, ids=[wrong or right for right, wrong, _ in MISTAKES])
def test_a_mistake_is_one_sentence(tmp_path: Path, right: str, wrong: str, sentence: str) -> None:
    file = tmp_path / "mine.toml"
    assert right in ORDINARY
    file.write_text(ORDINARY.replace(right, wrong))
    with pytest.raises(BadScenario) as problem:
        read(file)
    assert str(problem.value).startswith("mine.toml")
    assert sentence in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_pause_in_a_status_that_there_is_not_is_said(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(ORDINARY.replace('"Lunch"', '"Siesta"'))
    scenario = read(file)
    centre, user_ids = staffed(instance(), 4)
    with pytest.raises(BadScenario, match=r"mine.toml: a pause in the status 'Siesta', .*: write Lunch or Training\."):
        plans(scenario, user_ids, centre, 1)


def test_a_day_s_agents_are_others_than_those_of_the_template() -> None:
    own = instance()
    centre, user_ids = staffed(own, 40)
    assert len(set(user_ids)) == 40
    assert not set(user_ids) & set(own.users)
    assert own.users.items() <= centre.users.items()
    sites = [centre.users[each].hierarchy[0].name for each in user_ids]
    assert {site: sites.count(site) for site in sites} == {"Tokyo": 20, "Sapporo": 20}


def test_shifts_are_shared_out_by_weight_and_pauses_lie_in_them() -> None:
    scenario = named("ordinary-day")
    centre, user_ids = staffed(instance(), 40)
    planned = plans(scenario, user_ids, centre, 1)
    begins = [plan.begins / 3600 for plan in planned]
    assert {hour: begins.count(hour) for hour in set(begins)} == {8.5: 20, 10.0: 12, 12.0: 8}
    assert sum(plan.home for plan in planned) == 20
    for plan in planned:
        assert all(plan.begins <= each.at and each.at + each.seconds <= plan.ends for each in plan.breaks)
