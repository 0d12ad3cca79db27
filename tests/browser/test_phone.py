"""The telephone: calling, keying, waiting, talking, being called back; what it reads aloud and what it keeps to itself."""

# ruff: noqa: RUF001 (Japanese is written with signs of its own)

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.exchange_line import CARD, INBOUND, SERVICES, VOICES, WELCOME, Exchange, text
from tests.browser.stage import Stage

OWN = "+819012345678"
# A browser's voice and sounds that only take notes. An utterance ends when the test says so.
SPEECH = """
  window.said = [];
  let current = null;
  window.SpeechSynthesisUtterance = class extends EventTarget {
    constructor(text) { super(); this.text = text; this.lang = ''; this.voice = null; }
  };
  Object.defineProperty(window, 'speechSynthesis', {value: {
    getVoices: () => [],
    speak(utterance) { current = utterance; said.push(`${utterance.lang} ${utterance.text}`); },
    cancel() { if (current) said.push('interrupted'); current = null; },
  }});
  window.finish = () => { const done = current; current = null; done.dispatchEvent(new Event('end')); };
"""
SOUNDS = """
  window.sounded = [];
  const param = {linearRampToValueAtTime() {}, setValueAtTime() {}};
  window.AudioContext = class { state = 'running'; currentTime = 0; destination = {}; };
  window.GainNode = class { gain = param; connect() {} };
  window.OscillatorNode = class {
    constructor(audio, {frequency}) { this.frequency = frequency; }
    connect() {} start() { sounded.push(this.frequency); } stop() {}
  };
"""
STORED = "JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])"

Calling = Callable[..., Exchange]


@pytest.fixture
def telephone(open_page: Opener, stage: Stage) -> Calling:
    """Return a function that opens a telephone with an exchange behind it."""

    def open_telephone(*, number: str | None = OWN, **how: Any) -> Exchange:
        page = open_page(signed_in=False, **how)
        page.add_init_script(SPEECH + SOUNDS)
        if number:
            page.add_init_script(f"localStorage.setItem('tsunagu.phone.number', '{number}')")
        exchange = Exchange(page)
        page.goto(f"{stage.url}/phone/")
        page.wait_for_selector(".numbers button:enabled")
        exchange.until(lambda: exchange.told != [])
        return exchange

    return open_telephone


def words(page: Page) -> Any:
    return expect(page.locator("#words"))


def in_menu(exchange: Exchange, language: str = "en") -> Page:
    exchange.call("menu")
    exchange.heard("prompt", text(SERVICES[language], VOICES[language]), keys=True)
    expect(exchange.page.locator("#pad .named")).to_have_count(2)
    return exchange.page


# --- a call ---------------------------------------------------------------------------------------------------------------


def test_a_call_by_keyboard_alone(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Call Support")).to_be_focused()
    page.keyboard.press("Enter")
    exchange.until(lambda: exchange.commands() == [{"do": "call", "to": INBOUND}])
    exchange.call("calling")
    words(page).to_have_text("Calling Support, 03-1234-5678")
    exchange.call("menu")
    exchange.heard("prompt", text(SERVICES["en"]), keys=True)
    words(page).to_have_text("The voice asks for a key")
    page.keyboard.press("2")
    exchange.until(lambda: exchange.commands()[-1] == {"do": "press", "keys": "2"})
    exchange.call("waiting", place=3)
    words(page).to_have_text("You are third in line")
    exchange.call("talking", agent="Hanako Sato")
    words(page).to_have_text("Talking with Hanako Sato")
    exchange.call("held", agent="Hanako Sato")
    words(page).to_have_text("On hold: Hanako Sato will be back")
    exchange.call("talking", agent="Hanako Sato")
    page.keyboard.press("h")
    exchange.until(lambda: exchange.commands()[-1] == {"do": "hangUp"})
    exchange.call("over", reason="CUSTOMER_DISCONNECT")
    words(page).to_have_text("The call is over: you hung up")
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Call Support")).to_be_focused()


def test_the_same_call_in_japanese(telephone: Calling) -> None:
    exchange = telephone(language="ja-JP")
    page = exchange.page
    words(page).to_have_text("電話をかける番号を選んでください")
    in_menu(exchange, "ja")
    words(page).to_have_text("キーを押してください")
    expect(page.locator("#hint")).to_have_text("押せるキー：1、2")
    exchange.call("waiting", place=3, ago=80)
    words(page).to_have_text("3番目にお待ちです")
    expect(page.locator("#since")).to_have_text("待ち時間 1分20秒（11:18から）")
    exchange.call("talking", agent="佐藤 花子")
    words(page).to_have_text("佐藤 花子と通話中です")
    exchange.call("over", reason="AGENT_DISCONNECT")
    words(page).to_have_text("通話は終了しました：相手が切りました")


def test_the_language_changes_in_mid_call(telephone: Calling) -> None:
    exchange = telephone()
    page = in_menu(exchange)
    page.keyboard.press("l")
    words(page).to_have_text("キーを押してください")
    expect(page.locator("#transcript .said")).to_contain_text("音声案内")
    # What the voice said stays in the language in which it was said.
    expect(page.locator("#transcript .said p[lang=en]")).to_have_text(SERVICES["en"])


def test_the_timer_counts_and_keeps_the_exchanges_time(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("waiting", place=12, ago=80)
    words(page).to_have_text("You are number 12 in line")
    expect(page.locator("#since")).to_contain_text(re.compile(r"1 min [2-5]\d s, since 11:18"))
    page.clock.fast_forward(45_000)
    expect(page.locator("#since")).to_contain_text(re.compile(r"(2|3) min"))
    # The timer is no live region: a screen reader hears the state, and not every second of it.
    assert page.locator("#words").get_attribute("role") == "status"
    assert page.locator("#since").evaluate("(node) => node.closest('[aria-live], [role=status], [role=log]')") is None


def test_the_agent_hangs_up(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("talking", agent="Hanako")
    page.get_by_role("button", name="Hang up").focus()
    exchange.call("over", reason="AGENT_DISCONNECT")
    words(page).to_have_text("The call is over: the other side hung up")
    expect(page.locator("#hang-up")).to_have_count(0)
    # A second Enter must not begin another call.
    expect(page.locator("#state")).to_be_focused()


def test_a_reason_that_has_no_word_is_told_as_it_came(telephone: Calling) -> None:
    exchange = telephone()
    exchange.call("over", reason="the moon was full")
    words(exchange.page).to_have_text("The call is over: the moon was full")


def test_a_refusal_is_told(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    page.get_by_role("button", name="Call Support").click()
    exchange.until(lambda: exchange.commands() != [])
    exchange.problem("All lines are taken. Try again in a minute.")
    expect(page.get_by_role("alert")).to_have_text("All lines are taken. Try again in a minute.")
    exchange.call("calling")
    expect(page.locator("#trouble")).to_be_hidden()


# --- what is heard --------------------------------------------------------------------------------------------------------


def test_what_was_said_stays_to_be_read(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("menu")
    exchange.heard("prompt", text(WELCOME, None, ssml=True), keys=True)
    exchange.heard("prompt", text(SERVICES["en"]), keys=True)
    exchange.heard("music")
    exchange.heard("music")
    said = page.locator("#transcript li")
    expect(said).to_have_count(4)
    expect(said.nth(1)).to_contain_text("Japanese, English")
    expect(said.nth(1).locator("[lang=ja]")).to_contain_text("日本語でのご案内は、1を押してください。")
    expect(said.nth(1).locator("p[lang=en]")).to_have_text("For English, press 2.")
    expect(said.nth(2)).to_contain_text(SERVICES["en"])
    expect(said.nth(3)).to_contain_text("Music plays")
    expect(page.locator("#transcript .newest")).to_have_count(1)
    expect(page.locator("#transcript")).to_have_attribute("aria-live", "polite")


def test_what_arrives_never_becomes_markup(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("menu")
    exchange.heard("prompt", text("<img src=x onerror=alert(1)> & more"))
    expect(page.locator("#transcript .said p").last).to_have_text("<img src=x onerror=alert(1)> & more")
    # SSML that is none is read as well as it can be.
    exchange.heard("prompt", text("<speak>Hello <b>there & you</speak>", ssml=True))
    expect(page.locator("#transcript .said p").last).to_have_text("Hello there & you")


def test_whoever_reads_further_up_is_left_there(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("menu")
    for number in range(12):
        exchange.heard("prompt", text(f"Sentence {number}."))
    expect(page.locator("#transcript .newest")).to_be_in_viewport()
    page.locator("#transcript").evaluate("(place) => (place.scrollTop = 0)")
    page.wait_for_function("document.querySelector('#transcript').scrollTop === 0")
    page.evaluate("new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))")
    exchange.heard("prompt", text("One more."))
    expect(page.locator("#transcript .newest")).to_contain_text("One more.")
    assert page.locator("#transcript").evaluate("(place) => place.scrollTop") == 0


def test_a_day_of_prompts_does_not_grow(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("waiting", place=1)
    for number in range(230):
        exchange.heard("prompt", text(f"Sentence {number}."))
    expect(page.locator("#transcript .newest")).to_contain_text("Sentence 229.")
    expect(page.locator("#transcript li")).to_have_count(200)


@pytest.mark.parametrize(
    ("prompt", "keys"),
    [
        pytest.param(text(SERVICES["ja"], "ja-JP"), "12", id="two keys in Japanese"),
        pytest.param(text(SERVICES["en"]), "12", id="two keys in English"),
        pytest.param(text("5番のキーを押してください。", "ja-JP"), "5", id="a key by its place"),
        pytest.param(text("５番を、最後にシャープを押してください。", "ja-JP"), "5#", id="wide digits and signs"),
        pytest.param(text("Press 0 or 9, or press the star key."), "09*", id="or"),
        pytest.param(text("There are 3 callers. カード番号16桁を入力", None), "", id="numbers that are no keys"),
    ],
)
def test_keys_that_the_voice_names_stand_out(telephone: Calling, prompt: dict[str, Any], keys: str) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("menu")
    exchange.heard("prompt", prompt, keys=True)
    expect(page.locator("#pad")).to_have_attribute("data-expected", "")
    marked = page.locator("#pad .named .digit").all_inner_texts()
    assert set(marked) == set(keys)
    # Every key works, whatever was named.
    expect(page.locator("#pad button:enabled")).to_have_count(12)


# --- keys -----------------------------------------------------------------------------------------------------------------


def test_every_key_by_mouse_and_by_keyboard(telephone: Calling) -> None:
    exchange = telephone()
    page = in_menu(exchange)
    for name in ("1", "2", "3", "4", "5", "6", "7", "8", "9", "star", "0", "hash"):
        page.locator("#pad").get_by_role("button", name=name, exact=True).click()
    for key in "123456789*0#":
        page.keyboard.press(key)
    exchange.until(lambda: len(exchange.commands()) == 24)
    assert "".join(said["keys"] for said in exchange.commands()) == 2 * "123456789*0#"


def test_a_key_that_is_held_down_is_one_key(telephone: Calling) -> None:
    exchange = telephone()
    page = in_menu(exchange)
    for _ in range(3):
        page.keyboard.down("1")
    page.keyboard.up("1")
    page.keyboard.press("2")
    exchange.until(lambda: len(exchange.commands()) >= 2)
    assert [said["keys"] for said in exchange.commands()] == ["1", "2"]


def test_digits_are_neither_shown_nor_kept(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    exchange.call("menu")
    exchange.heard("prompt", text(CARD["en"]), keys=True)
    expect(page.locator("#hint")).to_have_text("Press keys now")
    before = (page.evaluate(STORED), page.locator("body").inner_text())
    for key in "4716":
        page.keyboard.press(key)
        page.locator("#pad").get_by_role("button", name=key, exact=True).click()
    exchange.until(lambda: len(exchange.commands()) == 8)
    page.clock.fast_forward(500)
    expect(page.locator("#pad .pressed")).to_have_count(0)
    after = (page.evaluate(STORED), re.sub(r"For \d+ s", "For 0 s", page.locator("body").inner_text()))
    assert after == (before[0], re.sub(r"For \d+ s", "For 0 s", before[1]))
    assert heard == []


def test_a_number_that_is_encrypted_is_keyed_unseen(telephone: Calling) -> None:
    exchange = telephone()
    page = in_menu(exchange)
    exchange.heard("prompt", text("Key in your card, then press hash, or press 1."), keys=True, secret=True)
    hint = expect(page.locator("#hint"))
    hint.to_have_text("Key the number. It is encrypted, and shown nowhere.")
    expect(page.locator("#pad .named")).to_have_count(0)
    # Lit for a moment only: whatever was ever lit is counted.
    page.evaluate("""() => {
      window.lit = 0;
      new MutationObserver(() => (window.lit += document.querySelectorAll("#pad .pressed").length)).observe(
        document.getElementById("pad"), { attributes: true, subtree: true });
    }""")
    page.keyboard.type("4111#")
    exchange.until(lambda: [each["keys"] for each in exchange.commands() if each["do"] == "press"] == list("4111#"))
    assert page.evaluate("window.lit") == 0
    exchange.heard("prompt", text("Thank you. Press 1."), keys=True)
    hint.to_have_text("Press a key now: 1")
    page.keyboard.press("1")
    page.wait_for_function("window.lit > 0")


def test_no_key_outside_a_call(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    expect(page.locator("#pad button:enabled")).to_have_count(0)
    page.keyboard.press("5")
    page.keyboard.press("h")
    page.keyboard.press("a")
    in_menu(exchange)
    page.keyboard.press("1")
    exchange.until(lambda: exchange.commands() != [])
    assert exchange.commands() == [{"do": "press", "keys": "1"}]


@pytest.mark.parametrize(
    ("key", "hertz"),
    [("1", [697, 1209]), ("5", [770, 1336]), ("9", [852, 1477]), ("*", [941, 1209]), ("0", [941, 1336]), ("#", [941, 1477])],
)  # fmt: skip
def test_a_key_sounds_as_itu_t_q23_says(telephone: Calling, key: str, hertz: list[int]) -> None:
    page = in_menu(telephone())
    page.keyboard.press(key)
    assert page.evaluate("sounded") == hertz


def test_tones_can_be_switched_off_for_good(telephone: Calling) -> None:
    exchange = telephone()
    page = in_menu(exchange)
    page.get_by_role("button", name="Tones: on").click()
    page.keyboard.press("1")
    exchange.reload()
    expect(page.get_by_role("button", name="Tones: off")).to_be_visible()
    in_menu(exchange)
    page.keyboard.press("1")
    assert page.evaluate("sounded") == []


# --- reading aloud --------------------------------------------------------------------------------------------------------


def test_a_prompt_is_read_in_its_languages_with_its_pauses(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("menu")
    exchange.heard("prompt", text(WELCOME, None, ssml=True), keys=True)
    japanese = "ja-JP お電話ありがとうございます。日本語でのご案内は、1を押してください。"
    page.wait_for_function("said.length === 1")
    page.evaluate("finish()")
    assert page.evaluate("said") == [japanese]
    page.clock.fast_forward(501)
    page.wait_for_function("said.length === 2")
    assert page.evaluate("said") == [japanese, "en-US For English, press 2."]


def test_ssml_is_read_in_sentences(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("menu")
    ssml = "<speak><s>カード<emphasis>番号</emphasis>です。</s><s>One <b>two</b> <b>three</b>.</s></speak>"
    exchange.heard("prompt", text(ssml, None, ssml=True))
    said = page.locator("#transcript .said p[lang]")
    expect(said).to_have_text(["カード番号です。", "One two three."])
    page.wait_for_function("said.length === 1")
    page.evaluate("finish()")
    page.clock.run_for(500)
    page.wait_for_function("said.length === 2")
    assert page.evaluate("said") == ["ja-JP カード番号です。", "en-US One two three."]


def test_a_new_prompt_or_a_key_interrupts(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("menu")
    exchange.heard("prompt", text("First."), text("Never said."))
    page.wait_for_function("said.length === 1")
    exchange.heard("prompt", text("Second."), keys=True)
    page.wait_for_function("said.length === 3")
    page.keyboard.press("1")
    assert page.evaluate("said") == ["en-US First.", "interrupted", "en-US Second.", "interrupted"]


def test_music_and_the_end_let_the_voice_finish_and_an_agent_does_not(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("waiting", place=1)
    exchange.heard("prompt", text("Please wait."))
    exchange.heard("music")
    expect(page.locator("#transcript .newest")).to_contain_text("Music")
    assert page.evaluate("said") == ["en-US Please wait."]
    exchange.heard("agent")
    expect(page.locator("#transcript .newest")).to_contain_text("Somebody")
    assert page.evaluate("said") == ["en-US Please wait.", "interrupted"]
    exchange.heard("prompt", text("Thank you."))
    exchange.heard("over")
    expect(page.locator("#transcript .newest")).to_contain_text("closed")
    assert page.evaluate("said.at(-1)") == "en-US Thank you."


def test_reading_can_be_switched_off_for_good(telephone: Calling) -> None:
    exchange = telephone()
    page = in_menu(exchange)
    page.keyboard.press("v")
    expect(page.get_by_role("button", name="Read aloud: off")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("said.at(-1)") == "interrupted"
    exchange.reload()
    in_menu(exchange)
    assert page.evaluate("said") == []


def test_a_browser_without_a_voice_says_so(open_page: Opener, stage: Stage) -> None:
    page = open_page(signed_in=False)
    page.add_init_script("delete Window.prototype.speechSynthesis; delete window.speechSynthesis")
    exchange = Exchange(page)
    page.goto(f"{stage.url}/phone/")
    page.wait_for_selector(".numbers button:enabled")
    in_menu(exchange)
    expect(page.locator("#voice")).to_be_disabled()
    expect(page.locator("#voice")).to_have_attribute("title", "This browser has no voice to read with.")


# --- being called ---------------------------------------------------------------------------------------------------------


def test_a_callback_is_answered(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    page.locator("h1").click()
    exchange.call("ringing", incoming=True)
    words(page).to_have_text("Your telephone rings: Support, 03-1234-5678")
    expect(page).to_have_title("Ringing · Telephone · Tsunagu")
    assert page.evaluate("sounded.length") == 2
    page.clock.run_for(3_100)
    page.wait_for_function("sounded.length === 4")
    page.keyboard.press("a")
    exchange.until(lambda: exchange.commands() == [{"do": "answer"}])
    exchange.call("talking", incoming=True, agent="Hanako")
    words(page).to_have_text("Talking with Hanako")
    expect(page).to_have_title("Telephone · Tsunagu")
    page.clock.run_for(7_000)
    assert page.evaluate("sounded.length") == 4


def test_a_callback_is_declined(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("ringing", incoming=True)
    # No key of a telephone that rings does anything but answer and decline.
    expect(page.locator("#pad button:enabled")).to_have_count(0)
    page.get_by_role("button", name="Decline").click()
    exchange.until(lambda: exchange.commands() == [{"do": "decline"}])
    exchange.call(None)
    words(page).to_have_text("Choose a number to call")


# --- the line -------------------------------------------------------------------------------------------------------------


def test_a_lost_connection_is_told_and_comes_back(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("waiting", place=2)
    exchange.closes_with = 1011
    exchange.drop()
    expect(page.get_by_role("alert")).to_contain_text("comes back by itself")
    words(page).to_have_text("You are second in line")
    # A key belongs to the prompt that it answers: what is pressed now is not sent later.
    expect(page.locator("#pad button:enabled")).to_have_count(0)
    page.keyboard.press("4")
    exchange.closes_with = None
    page.clock.run_for(15_100)
    expect(page.locator("#trouble")).to_be_hidden()
    expect(page.locator("#pad button:enabled")).to_have_count(12)
    words(page).to_have_text("You are second in line")
    assert exchange.commands() == []
    assert {said["number"] for said in exchange.told} == {OWN}


def test_a_call_that_ended_meanwhile_is_told(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.call("talking", agent="Hanako")
    exchange.forget()
    exchange.drop()
    expect(page.get_by_role("alert")).to_contain_text("to your call if it is still there")
    page.clock.run_for(1_100)
    expect(page.locator("#trouble")).to_be_hidden()
    page.clock.run_for(1_100)
    words(page).to_have_text("Choose a number to call")
    expect(page.locator("#transcript .newest")).to_contain_text("ended while the connection was lost")


def test_an_exchange_that_cannot_be_reached(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.closes_with = 1011
    page.reload()
    expect(page.get_by_role("alert").first).to_contain_text("cannot be reached")
    exchange.closes_with = None
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Call Support")).to_be_enabled()


def test_a_telephone_that_another_page_has(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.in_use = True
    exchange.reload()
    expect(page.get_by_role("alert")).to_contain_text("This telephone is in use on another page")
    words(page).to_have_text("You cannot call just now")
    expect(page.locator(".numbers button:enabled")).to_have_count(0)
    tries = len(exchange.told)
    page.clock.run_for(5_100)
    exchange.until(lambda: len(exchange.told) > tries)
    exchange.in_use = False
    page.clock.run_for(7_000)
    expect(page.get_by_role("button", name="Call Support")).to_be_enabled()
    assert {said["number"] for said in exchange.told} == {OWN}


def test_another_telephone_where_ones_own_is_in_use(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    exchange.in_use = True
    exchange.reload()
    page.get_by_role("button", name="Use another number").wait_for()
    exchange.in_use = False
    page.get_by_role("button", name="Use another number").click()
    expect(page.get_by_role("button", name="Call Support")).to_be_enabled()
    expect(page.locator("#trouble")).to_be_hidden()
    exchange.until(lambda: exchange.told[-1]["number"] != OWN)


def test_nothing_to_call(telephone: Calling) -> None:
    exchange = telephone()
    exchange.numbers = ()
    exchange.page.reload()
    expect(exchange.page.get_by_role("heading", name="There is no number to call yet")).to_be_visible()


# --- one's own number -----------------------------------------------------------------------------------------------------


def test_a_number_of_ones_own_stays(telephone: Calling) -> None:
    exchange = telephone(number=None)
    page = exchange.page
    first = exchange.told[0]["number"]
    assert re.fullmatch(r"\+81[789]0[1-9]\d{7}", first)
    exchange.reload()
    expect(page.get_by_role("button", name="Call Support")).to_be_enabled()
    assert {said["number"] for said in exchange.told} == {first}


@pytest.mark.parametrize(
    ("typed", "number", "shown"),
    [
        ("080-8765-4321", "+818087654321", "080-8765-4321"),
        ("０３（１２３４）５６７９", "+81312345679", "03-1234-5679"),
        ("+1 206 555 0100", "+12065550100", "+12065550100"),
        ("0120 444 114", "+81120444114", "0120-444-114"),
    ],
)  # fmt: skip
def test_another_number_is_chosen(telephone: Calling, typed: str, number: str, shown: str) -> None:
    exchange = telephone()
    page = exchange.page
    page.get_by_role("button", name="Change").click()
    page.get_by_label("Your telephone").fill(typed)
    page.keyboard.press("Enter")
    exchange.until(lambda: exchange.told[-1] == {"do": "have", "number": number})
    expect(page.locator("#own-number")).to_have_text(shown)


def test_what_is_no_number_says_how_one_is_written(telephone: Calling) -> None:
    exchange = telephone()
    page = exchange.page
    page.get_by_role("button", name="Change").click()
    # One of the centre's own numbers is nobody's telephone.
    page.get_by_label("Your telephone").fill("03-1234-5678")
    page.keyboard.press("Enter")
    expect(page.locator("#own-wrong")).to_contain_text("090-1234-5678")
    page.get_by_label("Your telephone").fill("12")
    page.keyboard.press("Enter")
    expect(page.locator("#own-wrong")).to_contain_text("090-1234-5678")
    # Light that becomes dark takes away nothing that was typed.
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_label("Your telephone")).to_be_focused()
    expect(page.get_by_label("Your telephone")).to_have_value("12")
    expect(page.locator("#own-wrong")).to_contain_text("090-1234-5678")
    page.keyboard.press("Escape")
    expect(page.locator("#own-number")).to_have_text("090-1234-5678")
    assert [said["number"] for said in exchange.told] == [OWN]


def test_within_a_call_the_number_stays(telephone: Calling) -> None:
    exchange = telephone()
    exchange.call("menu")
    expect(exchange.page.get_by_role("button", name="Change")).to_be_disabled()
    exchange.call("over")
    expect(exchange.page.get_by_role("button", name="Change")).to_be_enabled()
