"""Texts and HTML cards of the package's objects, as shown by Python and Jupyter.

Each object has a function ``…_text`` for ``__repr__`` and one ``…_html`` for ``_repr_html_``. This
module has those of models, checks and servers, and passes on those of results.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Mapping

from . import _html as h
from ._display_results import (
    run_html,
    run_text,
    validation_html,
    validation_text,
)

if TYPE_CHECKING:
    from ._core import Model

__all__ = [
    "check_html",
    "check_text",
    "model_html",
    "model_text",
    "run_html",
    "run_text",
    "server_html",
    "validation_html",
    "validation_text",
]

# --- Models ---


def _groups(core: Model) -> dict[str, list[tuple[str, bool]]]:
    """The classes of each group, and whether they were learned; "": those that are groups."""
    names = core.recipe.groups
    groups: dict[str, list[tuple[str, bool]]] = {}
    for name, group, learned in zip(core.recipe.classes, names, core.learned):
        alone = name == group and names.count(group) == 1
        groups.setdefault("" if alone else group, []).append((name, learned))
    return groups


def _model_items(core: Model) -> list[tuple[str, str]]:
    recipe = core.recipe
    counts = [(core.training_rows, "rows"), (core.training_labelled, "labelled")]
    return [
        ("recipe", f"{recipe.name}: {recipe.description}" if recipe.description else recipe.name),
        ("method", core.method if core.has_classes else "clusters only, no classes"),
        ("trained on", ", ".join(f"{count:,} {what}" for count, what in counts if count)),
        ("version", f"uhuru {core.version}" if core.version else ""),
    ]


def model_text(core: Model) -> str:
    """A trained classifier: method, recipe, training sample, classes, clusters, features."""
    items = [("note", core.note), *_model_items(core)]
    if core.has_classes:
        classes = []
        for group, members in _groups(core).items():
            names = ", ".join(of if learned else f"{of} (not learned)" for of, learned in members)
            classes.append(f"{group}: {names}" if group else names)
        items.append(("classes", h.listed(classes)))
    weights = " ".join(f"{weight:.3f}" for weight in core.weights)
    items.append(("clusters", f"{len(core.weights)} with weights {weights}"))
    items.append(("features", h.listed(of["name"] for of in core.recipe.features)))
    return h.text_lines(f"<uhuru.Model {core.name}>", items)


def _weights(core: Model) -> h.Html:
    """A column for each cluster."""
    most = max(core.weights, default=1.0)
    columns = (
        h.tag(
            "span",
            h.tag("i", style=f"height:{max(1, 34 * weight / most):.1f}px"),
            f"{100 * weight:.1f} %",
            title=f"cluster {k}: weight {weight:.4g}",
        )
        for k, weight in enumerate(core.weights)
    )
    return h.tag("div", *columns, kind="columns")


def model_html(core: Model) -> str:
    """A trained classifier as a card."""
    items: list[tuple[str, object]] = list(_model_items(core))
    if core.has_classes:
        lines = [
            h.tag("div", h.tag("span", group, kind="group") if group else "", h.chips(members))
            for group, members in _groups(core).items()
        ]
        if not all(core.learned):
            lines.append(h.tag("small", "dashed: too few examples to learn"))
        items.append(("classes", h.join(lines)))
    items.append((f"{len(core.weights)} clusters", _weights(core)))
    features = core.recipe.features
    rows = (
        [
            h.tag("td", h.tag("code", of["name"])),
            h.tag("td", of["unit"]),
            h.tag("td", of["transform"]),
            h.tag("td", of["description"] or of["expression"], kind="wide"),
        ]
        for of in features
    )
    table = h.table(h.head("feature", "unit", "transform", "description"), rows)
    note = h.tag("p", core.note, kind="dim") if core.note else h.Html()
    body = [note, h.pairs(items), h.details(f"{len(features)} features", table, opened=True)]
    return h.card("Model", core.name, "", body, model_text(core))


# --- What a recipe finds in a table ---

_MOST_OTHERS = 12


def _verdict(check: Mapping[str, Any]) -> str:
    count = len(check["problems"])
    return f"{count} problem{'s' * (count > 1)}" if count else "The recipe fits the table."


def _found_columns(check: Mapping[str, Any]) -> str:
    return h.listed(found or f"{name} (absent)" for name, found in check["columns"])


def _other_labels(check: Mapping[str, Any]) -> str:
    others = check["other_labels"]
    rest = [("and other labels:", len(others) - _MOST_OTHERS)]
    return h.counted([*others[:_MOST_OTHERS], *(rest if len(others) > _MOST_OTHERS else [])])


def _label_counts(check: Mapping[str, Any]) -> list[tuple[str, int]]:
    rest = [("ambiguous", check["ambiguous"]), ("none", check["unlabelled"])]
    return [*check["classes"], *(item for item in rest if item[1])]


def _row_counts(check: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """What, how many rows, of how many."""
    rows, selected = check["rows"], check["selected"]
    return [
        ("read", rows, rows),
        *((condition, satisfied, rows) for condition, satisfied in check["conditions"]),
        ("selected", selected, rows),
        ("with every feature", check["complete"], selected),
        ("with any feature", check["with_any_feature"], selected),
    ]


def _feature_rows(check: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A line of heads, then one per feature, without columns that are empty for all."""
    rows = [("feature", "values", "range", "marked", "outside", "errors", "from")]
    for of in check["features"]:
        rows.append(
            (
                of["name"],
                h.part_of(of["rows"], check["selected"]) if of["source"] else "absent",
                f"{of['least']:.4g} … {of['greatest']:.4g}" if isfinite(of["least"]) else "",
                f"{of['marked']:,}" if of["marked"] else "",
                f"{of['outside']:,}" if of["outside"] else "",
                "yes" if of["has_errors"] else "",
                of["source"] if of["source"] != of["name"] else "",
            )
        )
    return list(zip(*(column for column in zip(*rows) if any(column[1:]))))


def check_text(check: Mapping[str, Any]) -> str:
    """What a recipe finds in a table; problems first."""
    items = [("problem", problem) for problem in check["problems"]]
    items += [
        ("rows", h.listed(f"{what} {h.part_of(*of)}" for what, *of in _row_counts(check))),
        ("columns", _found_columns(check)),
        ("labels", h.counted(_label_counts(check)) if check["label_columns"] else "none"),
        ("not classes", _other_labels(check)),
    ]
    items += [("note", note) for note in check["notes"]]
    text = h.text_lines(f"<uhuru.Check {check['recipe']}> {_verdict(check)}", items)
    return f"{text}\n\n{h.columns(_feature_rows(check))}" if check["features"] else text


def _check_cell(name: str, content: str) -> h.Html:
    if name == "from":
        return h.tag("td", h.tag("code", content), kind="wide")
    return h.number(content) if name in ("marked", "outside") else h.tag("td", content)


def _features_table(check: Mapping[str, Any]) -> h.Html:
    names, *lines = _feature_rows(check)
    rows = (
        [
            h.tag("td", h.tag("code", line[0])),
            h.tag("td", h.bar(of["rows"], check["selected"]), line[1]),
            *map(_check_cell, names[2:], line[2:]),
        ]
        for of, line in zip(check["features"], lines)
    )
    return h.table(h.head(*names), rows)


def check_html(check: Mapping[str, Any]) -> str:
    """What a recipe finds in a table as a card."""
    rows = (
        [h.tag("td", what), h.tag("td", h.bar(part, whole), h.part_of(part, whole))]
        for what, part, whole in _row_counts(check)
    )
    labels: object = "none in this table"
    if check["label_columns"]:
        where = h.tag("div", f"in {', then '.join(check['label_columns'])}", kind="dim")
        counts = ((f"{name} {count:,}", count > 0) for name, count in _label_counts(check))
        labels = h.join([where, h.chips(counts)])
    body = [
        h.boxes(check["problems"], "bad") or h.boxes([_verdict(check)], "good"),
        h.table(h.head("rows", ""), rows),
        _features_table(check) if check["features"] else h.Html(),
        h.pairs(
            [
                ("labels", labels),
                ("not classes", _other_labels(check)),
                ("columns", _found_columns(check)),
            ]
        ),
        h.boxes(check["notes"]),
    ]
    return h.card("Check", check["recipe"], "", body, check_text(check))


# --- Servers ---


def server_html(url: str, scs: str, sources: int) -> str:
    """A running server as a card: its pages, its cone search, the number of its sources."""

    def link(address: str) -> h.Html:
        if not address.startswith(("http://", "https://")):
            return h.tag("span", address)
        return h.tag("a", address, href=address, target="_blank", rel="noopener")

    count = f"{sources:,}"
    items = [("pages", link(url)), ("cone search", link(scs)), ("sources", count)]
    text = h.text_lines(f"<uhuru.Server {url}>", [("cone search", scs), ("sources", count)])
    return h.card("Server", "", "", [h.pairs(items)], text)
