"""Texts and cards: what they say is what was given, and nothing given can become HTML."""

from __future__ import annotations

import re
from typing import Callable

import numpy as np
import pytest
from cards import HOSTILE, SVG, Page, check, model, run, spoil, spoiled_keys, validation

import uhuru
from uhuru import _display, _html

CARDS: dict[str, Callable[[], str]] = {
    "model": lambda: _display.model_html(model()),
    "check": lambda: _display.check_html(check()),
    "validation": lambda: _display.validation_html(validation(), {"roc": SVG}),
    "run": lambda: _display.run_html(run(), "result", SVG),
    "server": lambda: _display.server_html("http://a/", "http://a/scs?", 1234),
}
HOSTILE_CARDS: dict[str, Callable[[], str]] = {
    "model": lambda: _display.model_html(spoil(model())),
    "check": lambda: _display.check_html(spoil(check(problems=["bad"]))),
    "validation": lambda: _display.validation_html(spoil(validation()), {HOSTILE: HOSTILE}),
    "run": lambda: _display.run_html(
        spoil(spoiled_keys(spoiled_keys(run(), "files"), "counts", "without")), HOSTILE, HOSTILE
    ),
    "server": lambda: _display.server_html("javascript:alert(1)", HOSTILE, 1),
}
TEXTS: dict[str, Callable[[], str]] = {
    "model": lambda: _display.model_text(spoil(model())),
    "check": lambda: _display.check_text(spoil(check(problems=["bad"]))),
    "validation": lambda: _display.validation_text(spoil(validation())),
    "run": lambda: _display.run_text(spoil(run()), HOSTILE),
}


@pytest.mark.parametrize("name", CARDS)
def test_hostile_text_stays_text(name: str) -> None:
    good, bad = Page(CARDS[name]()), Page(HOSTILE_CARDS[name]())
    assert bad.names() - {"svg"} <= good.names() | {"span"}
    assert "script" not in bad.names()
    assert '<script>alert("1")</script>&' in bad.text
    for _, attributes in bad.tags:
        assert not any(key.startswith("on") for key in attributes)
        assert not (attributes.get("href") or "").startswith("javascript:")
    assert "\x1b" not in HOSTILE_CARDS[name]()


@pytest.mark.parametrize("name", TEXTS)
def test_texts_have_no_control_characters_and_fit(name: str) -> None:
    text = TEXTS[name]()
    assert "�[31m" in text
    assert all(character.isprintable() for line in text.split("\n") for character in line)


@pytest.mark.parametrize("name", CARDS)
def test_cards_are_self_contained(name: str) -> None:
    html = CARDS[name]()
    page = Page(html)
    assert not page.names() & {"script", "link", "img", "iframe", "object", "title"}
    assert not re.search(r"url\(|@import|@media|src=", html)
    styles = [of for tag, of in page.tags if tag == "style"]
    assert len(styles) == 1
    assert not [of for _, of in page.tags if "id" in of]


def test_attributes_and_contents_are_escaped() -> None:
    html = _html.tag("a", HOSTILE, _html.tag("b", "<"), kind="dim wide", href=HOSTILE)
    page = Page(html)
    shown = HOSTILE.replace("\x1b", "�")
    assert page.tags[0] == ("a", {"href": shown, "class": "uhuru-dim uhuru-wide"})
    assert page.tags[1:] == [("b", {})] and page.texts[1] == "<"


def test_style_changes_only_cards() -> None:
    rules = re.sub(r"\s+", " ", _html._STYLE)
    selectors = [s for found in re.findall(r"([^{}]+)\{[^{}]*\}", rules) for s in found.split(",")]
    assert len(selectors) > 60
    assert all(selector.strip().startswith(".uhuru-") for selector in selectors)
    # Neither black on dark nor white on light ground; only text on filled cells has its own colour.
    assert re.findall(r"(?<!-)color:#(?:fff|000)\b", rules) == []
    assert rules.count("#fff") == 1


def test_fallback_is_the_text() -> None:
    html = _display.model_html(model())
    fallback = re.search(r'<pre class="uhuru-fallback">(.*?)</pre>', html, re.S)
    assert fallback
    parser = Page(f"<p>{fallback[1]}</p>")
    assert "".join(parser.texts) == _display.model_text(model())


# --- Models ---


def test_model() -> None:
    page = Page(_display.model_html(model()))
    for text in (_display.model_text(model()), page.text):
        for part in ("my-model", "A note", "mine: Chandra, two features", "bayes", "0.1.0"):
            assert part in text
        assert "12,345 rows, 678 labelled" in text
    assert "AGN: QSO (not learned), AGN · HMXB" in _display.model_text(model())
    assert "2 with weights 0.125 0.875" in _display.model_text(model())
    assert "12.5 %" in page.text and "87.5 %" in page.text
    assert "counts / time" in page.text and "ct.s-1" in page.text and "log10" in page.text


def test_published_model() -> None:
    core = uhuru.load_model("csc2-published").core
    page = Page(_display.model_html(core))
    for name in [*core.recipe.classes, *(of["name"] for of in core.recipe.features)]:
        assert name in page.texts and name in _display.model_text(core)
    assert "29,655 rows" in page.text and "labelled" not in page.text
    assert f"{100 * core.weights[0]:.1f} %" in page.text


def test_only_unlearned_classes_are_dashed() -> None:
    html = _display.model_html(model())
    dashed = re.findall(r'<span class="uhuru-chip uhuru-off">(.*?)</span>', html)
    solid = re.findall(r'<span class="uhuru-chip">(.*?)</span>', html)
    assert (dashed, solid) == (["QSO"], ["AGN", "HMXB"])
    assert "too few examples" in html
    assert "too few examples" not in _display.model_html(model(learned=[True] * 3))


def test_columns_are_in_proportion_to_weights() -> None:
    html = _display.model_html(model(weights=np.array([0.1, 0.2, 0.7])))
    heights = [float(of) for of in re.findall(r"height:([0-9.]+)px\"", html)]
    assert np.allclose(heights, [34 / 7, 34 * 2 / 7, 34], atol=0.051)


def test_model_without_classes() -> None:
    core = model(has_classes=False, note="", training_labelled=0)
    for text in (_display.model_text(core), Page(_display.model_html(core)).text):
        assert "clusters only" in text and "QSO" not in text and "labelled" not in text


# --- Checks ---


def test_check_numbers() -> None:
    page = Page(_display.check_html(check()))
    for text in (_display.check_text(check()), page.text):
        for part in ("4,000 (100 %)", "snr > 5", "2,500 (62 %)", "2,000 (50 %)", "500 (25 %)"):
            assert part in text
        for part in ("1,500 (75 %)", "-0.5 … 0.75", "1,234", "absent", "IAUNAME", "obsid (absent)"):
            assert part in text
        for part in ("QSO 31", "AGN 0", "ambiguous 7", "none 1,300", "mind the gap"):
            assert part in text
        assert "Type11 89" in text and "Type12" not in text and "other labels: 3" in text
        assert "nan" not in text  # the range of an absent feature
    assert page.widths() == [100.0, 62.5, 50.0, 25.0, 75.0, 75.0, 0.0]


def test_columns_without_content_are_left_out() -> None:
    features = check()["features"][:1]
    assert "outside" in _display.check_text(check())
    features[0].update(outside=0, has_errors=False, source="hard")
    head = _display.check_text(check(features=features)).split("\n\n")[1].split("\n")[0].split()
    assert head == ["feature", "values", "range", "marked"]


def test_problems_come_first() -> None:
    bad = check(problems=["no name", "no rate"])
    page = Page(_display.check_html(bad)).texts
    assert page.index("no name") < page.index("no rate") < page.index("rows") < page.index("hard")
    assert _display.check_text(bad).split("\n")[1].split() == ["problem", "no", "name"]
    assert "2 problems" in _display.check_text(bad)
    assert 'class="uhuru-box uhuru-bad"' in _display.check_html(bad)
    good = _display.check_html(check())
    assert 'class="uhuru-box uhuru-bad"' not in good and "The recipe fits" in Page(good).text


def test_check_without_rows() -> None:
    empty = check(rows=0, selected=0, complete=0, with_any_feature=0, features=[], conditions=[])
    empty.update(label_columns=[], problems=["the table has no rows"])
    assert Page(_display.check_html(empty)).widths() == [0.0] * 4
    assert "none in this table" in Page(_display.check_html(empty)).text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 9, "0"), (9, 9, "9 (100 %)"), (1, 900, "1 (<1 %)"), (899, 900, "899 (99 %)"), (0, 0, "0")],
)
def test_only_all_is_everything(part: int, whole: int, text: str) -> None:
    assert _html.part_of(part, whole) == text


# --- Servers ---


def test_server() -> None:
    page = Page(_display.server_html("http://127.0.0.1:8080/", "http://127.0.0.1:8080/scs?", 1234))
    links = [of["href"] for tag, of in page.tags if tag == "a"]
    assert links == ["http://127.0.0.1:8080/", "http://127.0.0.1:8080/scs?"]
    assert "1,234" in page.text
