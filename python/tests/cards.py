"""What the tests of texts and cards show, and a reader of cards."""

from __future__ import annotations

import copy
import re
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import numpy as np

HOSTILE = '<script>alert("1")</script>&\'"\x1b[31m'
SVG = """<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" role="img" width="40" height="30" viewBox="0 0 40 30">
<title>Reliability &lt;b&gt;</title>
<desc>7 predictions</desc>
<style>
.title{fill:#000}
</style>
<rect class="ground" x="0" y="0" width="40" height="30"/>
<text class="title end" x="3" y="4" transform="rotate(-45 3 4)">a &lt;i&gt;</text>
<path class="curve c1" d="M1 2L3 4"/>
<line class="grid" x1="1" y1="2" x2="3" y2="4"/>
<circle class="mark c0" cx="5" cy="6" r="3"/>
<rect class="heat" x="1" y="2" width="3" height="4" fill-opacity="0.25"/>
</svg>
"""


class Page(HTMLParser):
    """Elements and texts of a card; fails if an element is not closed where it should be."""

    EMPTY = {"br", "img", "input"}

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in self.EMPTY
        self.tags.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "pre"} & set(self._open):
            self.texts.append(data)

    def names(self) -> set[str]:
        return {name for name, _ in self.tags}

    def widths(self) -> list[float]:
        """The parts of the bars, in percent."""
        styles = (of.get("style") or "" for _, of in self.tags)
        return [float(found[1]) for found in (re.match(r"width:(.*)%", s) for s in styles) if found]

    @property
    def text(self) -> str:
        return " ".join(self.texts)


def model(**changes: Any) -> Any:
    feature = {"kind": "", "expression": "", "ucd": "", "lower": "", "upper": ""}
    recipe = SimpleNamespace(
        name="mine",
        description="Chandra, two features",
        features=[
            dict(feature, name="hard", transform="identity", unit="", description="Ratio"),
            dict(feature, name="rate", transform="log10", unit="ct.s-1", description=""),
        ],
        classes=["QSO", "AGN", "HMXB"],
        groups=["AGN", "AGN", "HMXB"],
    )
    recipe.features[1]["expression"] = "counts / time"
    values = dict(
        name="my-model",
        note="A note",
        version="0.1.0",
        method="bayes",
        recipe=recipe,
        learned=[False, True, True],
        has_classes=True,
        training_rows=12345,
        training_labelled=678,
        weights=np.array([0.125, 0.875]),
    )
    return SimpleNamespace(**{**values, **changes})


def check(**changes: Any) -> dict[str, Any]:
    nan = float("nan")
    hard = dict(name="hard", source="HR", has_errors=True, rows=1500, least=-0.5, greatest=0.75)
    rate = dict(name="rate", source="", has_errors=False, rows=0, least=nan, greatest=nan)
    values = dict(
        recipe="mine",
        rows=4000,
        columns=[("name", "IAUNAME"), ("obsid", "")],
        features=[dict(hard, marked=11, outside=1234), dict(rate, marked=0, outside=0)],
        conditions=[("snr > 5", 2500)],
        selected=2000,
        complete=500,
        with_any_feature=1500,
        label_columns=["otype"],
        classes=[("QSO", 31), ("AGN", 0)],
        other_labels=[(f"Type{i}", 100 - i) for i in range(15)],
        ambiguous=7,
        unlabelled=1300,
        problems=[],
        notes=["mind the gap"],
    )
    return {**values, **changes}


def score(value: float, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high}


def evaluation(level: str, of: str, base: float) -> dict[str, Any]:
    labels = ["QSO", "HMXB"] if of == "classes" else ["AGN", "XB"]
    scores = {"precision": score(base + 0.01, 0.11, 0.99), "roc_auc": None}
    return {
        "level": level,
        "of": of,
        "labels": labels,
        "accuracy": score(base, base - 0.1, base + 0.1),
        "log_loss": score(base + 1) if level != "hard vote" else None,
        "per_label": [{"label": label, "support": 2041.5, **scores} for label in labels],
    }


def validation() -> dict[str, Any]:
    levels = ["detection", "soft vote", "hard vote"]
    return {
        "recipe": "mine",
        "method": "bayes",
        "scores_count": "each source once",
        "split": {"by": "region", "folds": 5, "repeats": 3},
        "sample": {
            "detections": 1031,
            "sources": 506,
            "classes": [{"class": "QSO", "detections": 1008, "sources": 7}],
            "excluded": [{"class": "LMXB", "detections": 1, "sources": 1, "why": "too few"}],
        },
        "notes": ["a note"],
        "of_sources": {
            "promised_coverage": 0.9,
            "sets": [
                dict(group="AGN", sources=44, coverage=score(0.864, 0.73, 0.94), mean_size=4.9),
                dict(group=None, sources=1506, coverage=score(0.907, 0.88, 0.93), mean_size=5.4),
            ],
            "by_detections": [
                dict(group="XB", detections="4-10", sources=17, said=0.321, true=score(0.3))
            ],
        },
        "evaluations": [
            evaluation(level, of, 0.2 + 0.1 * i + 0.05 * j)
            for i, level in enumerate(levels)
            for j, of in enumerate(("classes", "groups"))
        ],
    }


def run() -> dict[str, Any]:
    counts = {
        "read": 3000,
        "not_selected": 40,
        "without": {"hardness": 152, "flux": 0},
        "without_features": 0,
        "repeated": 0,
        "clustered": 2214,
        "incomplete": 786,
        "values_out_of_range": 3,
        "contradictory_label": 2,
        "labelled": 1031,
        "other_label": 5,
        "ambiguous_label": 6,
        "without_label": 1172,
        "classified": 1183,
        "classified_with_missing_features": 509,
        "without_class": 0,
        "sources_unique": 918,
        "sources_ambiguous": 41,
        "sources_without_class": 0,
    }
    return {
        "uhuru_version": "0.1.0",
        "recipe": "mine",
        "method": "bayes",
        "seed": 42,
        "detections": {"name": "det.vot", "sha256": ""},
        "labels": None,
        "counts": counts,
        "mixture": {
            "from": "these detections",
            "components": 6,
            "iterations": 29,
            "converged": True,
            "mean_log_likelihood": 16.45221,
        },
        "notes": ["a note"],
        "files": {"sources.csv": "00", "model.json": "11"},
    }


def spoil(data: Any) -> Any:
    """The same with hostile text for every text but those with a fixed meaning."""
    if isinstance(data, dict):
        fixed = ("level", "of")
        return {k: v if k in fixed else spoil(v) for k, v in data.items()}
    if isinstance(data, SimpleNamespace):
        return SimpleNamespace(**spoil(vars(data)))
    if isinstance(data, (list, tuple)):
        return type(data)(spoil(item) for item in data)
    return HOSTILE + data if isinstance(data, str) else data


def spoiled_keys(data: dict[str, Any], *path: str) -> dict[str, Any]:
    """The same with hostile keys of the object at this path."""
    data = copy.deepcopy(data)
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = {HOSTILE + key: of for key, of in place[path[-1]].items()}
    return data
