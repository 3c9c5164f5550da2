"""Cards of results: scores and counts stand where they belong, figures keep what they show."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from cards import SVG, Page, run, validation

from uhuru import _display, _html

# --- Cross-validation ---


def test_scores_stand_in_their_places() -> None:
    html = _display.validation_html(validation())
    row = re.search(r"<tr><td>accuracy</td>(.*?)</tr>", html)
    assert row
    values = re.findall(r"<td>([0-9.–]+)<small>([0-9.–]+)</small></td>", row[1])
    assert values == [
        ("0.200", "0.10–0.30"),
        ("0.250", "0.15–0.35"),
        ("0.300", "0.20–0.40"),
        ("0.350", "0.25–0.45"),
        ("0.400", "0.30–0.50"),
        ("0.450", "0.35–0.55"),
    ]
    row = re.search(r"<tr><td>log loss</td>(.*?)</tr>", html)
    assert row
    assert re.findall(r"<td>(.*?)</td>", row[1]) == ["1.200", "1.250", "1.300", "1.350", "–", "–"]
    assert "Brier" not in html


def test_validation_text() -> None:
    text = _display.validation_text(validation())
    lines = [line.split() for line in text.split("\n")]
    assert ["detection", "accuracy", "0.200", "(0.10–0.30)", "0.250", "(0.15–0.35)"] in lines
    assert ["log", "loss", "1.200", "1.250"] in lines
    assert ["soft", "vote", "accuracy", "0.300", "(0.20–0.40)", "0.350", "(0.25–0.45)"] in lines
    for part in ("1,031 detections of 506 sources", "QSO 1,008 (7)", "5 by region, 3 times"):
        assert part in text
    for part in ("LMXB: too few", "90 % sets", "AGN 0.864 (0.73–0.94) of size 4.9", "all 0.907"):
        assert part in text


def test_sets_and_labels() -> None:
    page = Page(_display.validation_html(validation()))
    assert page.widths() == [86.4, 90.7]
    for part in ("1,506", "0.907 (0.88–0.93)", "4-10", "0.321", "0.300", "2,041.5"):
        assert part in page.text
    assert "area under ROC" not in page.text  # unknown for all


def test_nothing_excluded() -> None:
    data = validation()
    assert "excluded" in _display.validation_html(data)
    data["sample"]["excluded"] = []
    assert "excluded" not in _display.validation_html(data)
    assert "excluded" not in _display.validation_text(data)


def test_validation_without_sets() -> None:
    data = validation()
    data["of_sources"] = {"sets": [], "by_detections": []}
    assert "sets" not in _display.validation_text(data)
    assert "true class" not in _display.validation_html(data)


KEYS = [
    "confusion_detection_groups",
    "confusion_hard_vote_groups",
    "confusion_soft_vote_classes",
    "confusion_soft_vote_groups",
    "reliability_soft_vote_groups",
    "roc_soft_vote_groups",
]


def test_main_figures_are_open_and_others_not() -> None:
    figures = {key: SVG.replace("a &lt;", f"{key} &lt;") for key in KEYS}
    before, after = _display.validation_html(validation(), figures).split("2 more figures")
    assert before.count("<svg") == 2 and after.count("<svg") == 2
    assert KEYS[2] in after and KEYS[5] in after and KEYS[0] not in after
    assert KEYS[3] in before and KEYS[4] in before


# --- Figures ---


def test_figures_keep_their_shapes() -> None:
    html = _html.figure(SVG)
    page = Page(html)
    assert page.tags == [
        (
            "svg",
            {
                "role": "img",
                "aria-label": "Reliability <b> – 7 predictions",
                "width": "40",
                "height": "30",
                "viewbox": "0 0 40 30",
            },
        ),
        ("rect", {"x": "0", "y": "0", "width": "40", "height": "30", "class": "uhuru-ground"}),
        (
            "text",
            {"x": "3", "y": "4", "transform": "rotate(-45 3 4)", "class": "uhuru-title uhuru-end"},
        ),
        ("path", {"d": "M1 2L3 4", "class": "uhuru-curve uhuru-c1"}),
        ("line", {"x1": "1", "y1": "2", "x2": "3", "y2": "4", "class": "uhuru-grid"}),
        ("circle", {"cx": "5", "cy": "6", "r": "3", "class": "uhuru-mark uhuru-c0"}),
        (
            "rect",
            {"x": "1", "y": "2", "width": "3", "height": "4", "fill-opacity": "0.25"}
            | {"class": "uhuru-heat"},
        ),
    ]
    assert "viewBox" in html and page.text.strip() == "a <i>"


def test_figures_lose_everything_else() -> None:
    bad = SVG.replace("</svg>", "").replace('class="ground"', 'class="ground" onload="a()" id="i"')
    bad += (
        '<script>a()</script><foreignObject><b>x</b></foreignObject><a href="javascript:a()"/>'
        '<image href="http://a/"/><g style="background:url(http://a/)"/></svg>'
    )
    html = _html.figure(bad)
    assert Page(html).names() == {"svg", "rect", "text", "path", "line", "circle", "g"}
    assert not re.search(r"script|href|onload|style|http|id=", html)


@pytest.mark.parametrize("svg", ["", "no figure", SVG[:-20], "<svg>\ud800</svg>"])
def test_broken_figures_are_left_out(svg: str) -> None:
    assert _html.figure(svg) == ""


def test_all_styles_of_figures_are_known() -> None:
    source = Path(__file__).parents[2] / "src/uhuru/figure/svg.cpp"
    if not source.exists():
        pytest.skip("without the program's source")
    sheet = re.search(r'style = R"\((.*?)\)"', source.read_text(), re.S)
    assert sheet
    used = set(re.findall(r"\.([a-z]+[0-9]?)(?=[{,. ])", sheet[1]))
    assert {"curve", "c0", "dotted"} <= used
    known = set(re.findall(r"\.uhuru-([a-z]+[0-9]?)", _html._STYLE))
    assert used - known <= {"name", "c6"}  # in the colour of the text


# --- Runs ---


def test_run_numbers() -> None:
    page = Page(_display.run_html(run(), "result"))
    for text in (_display.run_text(run(), "result"), page.text):
        for part in ("read", "3,000", "not selected", "without hardness", "152", "2,214"):
            assert part in text
        for part in ("with a class 1,031", "other 5", "of these contradictory 2", "none 1,172"):
            assert part in text
        for part in ("classified 1,183", "unique 918 · ambiguous 41", "16.4522", "29 iterations"):
            assert part in text
        for part in ("detections det.vot", "sources.csv", "model.json", "seed 42", "a note"):
            assert part in text
        assert "flux" not in text and "without class" not in text
    assert np.allclose(page.widths(), [100, 1.3, 5.1, 73.8, 26.2, 0.1], atol=0.051)


def test_run_with_a_given_mixture() -> None:
    record = run()
    record["mixture"].update(iterations=0, **{"from": "csc2-published"})
    assert "6 components · from csc2-published" in _display.run_text(record, "out")


def test_run_shows_the_figure() -> None:
    assert "<svg" in _display.run_html(run(), "result", SVG)
    assert "<svg" not in _display.run_html(run(), "result")
