"""Texts and HTML cards of results: of a cross-validation, and of a run of the whole method."""

from __future__ import annotations

from typing import Any, Mapping

from . import _html as h

Record = Mapping[str, Any]  # an object of a JSON file

# --- Cross-validation ---

# Of validation.json: as this package names them, as headings.
_LEVELS = {
    "detection": ("detections", "detections"),
    "soft vote": ("sources", "sources, soft vote"),
    "hard vote": ("sources_hard", "sources, hard vote"),
}
_SCORES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "balanced_accuracy_equal_priors": "with equal priors",
    "macro_f1": "macro F1",
    "log_loss": "log loss",
    "brier": "Brier score",
    "calibration_error": "calibration error",
}
_LABEL_SCORES = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "roc_auc": "area under ROC",
    "average_precision": "average precision",
}


def _score(score: Record | None) -> tuple[str, str]:
    """A value and its interval; "": unknown."""
    if score is None or score["value"] is None:
        return "–", ""
    known = score["low"] is not None and score["high"] is not None
    return f"{score['value']:.3f}", f"{score['low']:.2f}–{score['high']:.2f}" if known else ""


def _score_text(score: Record | None) -> str:
    value, interval = _score(score)
    return f"{value} ({interval})" if interval else value


def _score_cell(score: Record | None) -> h.Html:
    value, interval = _score(score)
    return h.tag("td", value, h.tag("small", interval) if interval else "")


def _used_scores(data: Record) -> list[tuple[str, str]]:
    """Keys and names of the scores that any evaluation has."""
    return [(k, of) for k, of in _SCORES.items() if any(e.get(k) for e in data["evaluations"])]


def _levels(data: Record) -> dict[str, dict[str, Record]]:
    """The evaluations by level and by what they are of (classes, groups)."""
    levels: dict[str, dict[str, Record]] = {}
    for evaluation in data["evaluations"]:
        levels.setdefault(evaluation["level"], {})[evaluation["of"]] = evaluation
    return levels



def _validation_items(data: Record) -> list[tuple[str, str]]:
    sample, split = data["sample"], data["split"]
    repeats = f", {split['repeats']} times" if split["repeats"] > 1 else ""
    classes = (
        f"{of['class']} {of['detections']:,} ({of['sources']:,})" for of in sample["classes"]
    )
    return [
        ("sample", f"{sample['detections']:,} detections of {sample['sources']:,} sources"),
        ("classes", h.listed(classes)),
        ("excluded", h.listed(f"{of['class']}: {of['why']}" for of in sample["excluded"])),
        ("folds", f"{split['folds']} by {split['by']}{repeats}"),
        ("scores count", data["scores_count"]),
    ]


def _sets_name(data: Record) -> str:
    return f"{100 * data['of_sources']['promised_coverage']:g} % sets"


def validation_text(data: Record) -> str:
    """A cross-validation: its sample, the scores with their intervals, the coverage of sets."""
    items = _validation_items(data)
    if data["of_sources"]["sets"]:
        sets = (
            f"{of['group'] or 'all'} {_score_text(of['coverage'])} of size {of['mean_size']:.1f}"
            for of in data["of_sources"]["sets"]
        )
        items.append((_sets_name(data), h.listed(sets)))
    rows = [("level", "score", "classes", "groups")]
    for level, of in _levels(data).items():
        for key, name in _used_scores(data):
            scores = [of.get(what, {}).get(key) for what in ("classes", "groups")]
            if any(scores):
                first = all(row[0] != level for row in rows)
                classes, groups = map(_score_text, scores)
                rows.append((level if first else "", name, classes, groups))
    items += [("note", note) for note in data["notes"]]
    title = f"<uhuru.Validation {data['recipe']}> method {data['method']}"
    return f"{h.text_lines(title, items)}\n\n{h.columns(rows)}"


def _scores_table(data: Record) -> h.Html:
    levels = _levels(data)
    evaluations = [one for of in levels.values() for one in of.values()]
    names = [h.tag("th", _LEVELS[level][1], colspan=len(of)) for level, of in levels.items()]
    heads = [h.tag("tr", h.tag("th"), *names), h.head("", *(one["of"] for one in evaluations))]
    rows = (
        [h.tag("td", name), *(_score_cell(one.get(key)) for one in evaluations)]
        for key, name in _used_scores(data)
    )
    return h.table(h.join(heads), rows)


def _labels_table(evaluation: Record) -> h.Html:
    """The scores of each class or group."""
    used = [key for key in _LABEL_SCORES if any(of.get(key) for of in evaluation["per_label"])]
    rows = (
        [h.tag("td", of["label"]), h.number(f"{of['support']:,.6g}")]
        + [_score_cell(of.get(key)) for key in used]
        for of in evaluation["per_label"]
    )
    return h.table(h.head(evaluation["of"], "n", *(_LABEL_SCORES[key] for key in used)), rows)


def _sets_table(data: Record) -> h.Html:
    rows = (
        [
            h.tag("td", of["group"] or "all"),
            h.number(f"{of['sources']:,}"),
            h.tag("td", h.bar(of["coverage"]["value"] or 0, 1), _score_text(of["coverage"])),
            h.number(f"{of['mean_size']:.1f}"),
        ]
        for of in data["of_sources"]["sets"]
    )
    heads = h.head(_sets_name(data), "sources", "contain the true class", "mean size")
    return h.table(heads, rows)


def _counts_table(data: Record) -> h.Html:
    """Whether probabilities are right for sources with few and with many detections."""
    rows = (
        [
            h.tag("td", of["group"]),
            h.tag("td", of["detections"]),
            h.number(f"{of['sources']:,}"),
            h.number(_score({"value": of["said"], "low": None, "high": None})[0]),
            h.tag("td", _score_text(of["true"])),
        ]
        for of in data["of_sources"]["by_detections"]
    )
    return h.table(h.head("group", "detections", "sources", "mean probability", "frequency"), rows)


# Those of detections and of hard votes, and the curves of all classes, would make the card large.
_OTHER_FIGURES = (
    "roc_soft_vote_groups",
    "precision_recall_soft_vote_groups",
    "reliability_soft_vote_classes",
    "confusion_soft_vote_classes",
)


def _is_main(key: str) -> bool:
    """Whether a figure, by its file's name, is one of the two shown at once."""
    return key in ("reliability_soft_vote_groups", "confusion_soft_vote_groups")


def _figures(svgs: list[str], kind: str = "") -> h.Html:
    return h.tag("div", *map(h.figure, svgs), kind=f"figures {kind}") if svgs else h.Html()


def validation_html(data: Record, figures: Mapping[str, str] | None = None) -> str:
    """A cross-validation as a card; `figures` are SVG texts by name."""
    figures = figures or {}
    others = [figures[key] for key in _OTHER_FIGURES if key in figures]
    study = data["of_sources"]
    body = [
        h.pairs(_validation_items(data)),
        _scores_table(data),
        _sets_table(data) if study["sets"] else h.Html(),
        _figures([svg for key, svg in figures.items() if _is_main(key)], "small"),
    ]
    body += [
        h.details(f"each of the {of}: {_LEVELS['soft vote'][1]}", _labels_table(evaluation))
        for of, evaluation in _levels(data).get("soft vote", {}).items()
    ]
    if study["by_detections"]:
        body.append(h.details("by number of detections of a source", _counts_table(data)))
    if others:
        body.append(h.details(f"{len(others)} more figures", _figures(others)))
    body.append(h.boxes(data["notes"]))
    subtitle = f"method {data['method']}"
    return h.card("Validation", data["recipe"], subtitle, body, validation_text(data))


# --- Runs ---


def _row_counts(counts: Record) -> list[tuple[str, int]]:
    """What happened to the rows; of what did not happen, nothing."""
    items = [
        ("read", counts["read"]),
        ("not selected", counts["not_selected"]),
        *((f"without {kind}", count) for kind, count in counts["without"].items()),
        ("without any feature", counts["without_features"]),
        ("repeated", counts["repeated"]),
        ("clustered", counts["clustered"]),
        ("of these incomplete", counts["incomplete"]),
        ("values out of range", counts["values_out_of_range"]),
    ]
    return [item for item in items if item[1] or item[0] == "read"]


_COUNTS = {
    "labels": {
        "labelled": "with a class",
        "ambiguous_label": "ambiguous",
        "other_label": "other",
        "without_label": "none",
        "contradictory_label": "of these contradictory",
    },
    "classes": {
        "classified": "classified",
        "classified_with_missing_features": "of these with missing features",
        "without_class": "without class",
    },
    "sources": {
        "sources_unique": "unique",
        "sources_ambiguous": "ambiguous",
        "sources_without_class": "without class",
    },
}


def _run_items(record: Record) -> list[tuple[str, str]]:
    mixture, counts = record["mixture"], record["counts"]
    fit = [f"{mixture['components']} components"]
    if mixture["iterations"]:
        fit.append(f"{mixture['iterations']} iterations")
        fit.append(f"mean log-likelihood {mixture['mean_log_likelihood']:.4f}")
        fit += [] if mixture["converged"] else ["not converged"]
    else:
        fit.append(f"from {mixture['from']}")
    items = [("mixture", h.listed(fit))]
    for name, keys in _COUNTS.items():
        shown = ((of, counts[key]) for key, of in keys.items() if counts[key])
        items.append((name, h.counted(shown)))
    return items


def _inputs(record: Record) -> str:
    """The names of the tables."""
    given = [(what, record.get(what)) for what in ("detections", "labels")]
    return h.listed(f"{what} {of['name']}" for what, of in given if of)


def _version(record: Record) -> str:
    return f"method {record['method']}, seed {record['seed']}, uhuru {record['uhuru_version']}"


def run_text(record: Record, out: str) -> str:
    """A run: what happened to the rows, labels, classes, sources, notes, files."""
    items = [
        ("input", _inputs(record)),
        ("rows", h.counted(_row_counts(record["counts"]))),
        *_run_items(record),
        *(("note", note) for note in record["notes"]),
        ("files in", f"{out}: {', '.join(record['files'])}"),
    ]
    return h.text_lines(f"<uhuru.Run {record['recipe']}> {_version(record)}", items)


def run_html(record: Record, out: str, svg: str = "") -> str:
    """A run as a card; `svg` is a figure of its classes."""
    counts = record["counts"]
    rows = (
        [h.tag("td", what), h.tag("td", h.bar(count, counts["read"])), h.number(f"{count:,}")]
        for what, count in _row_counts(counts)
    )
    files = h.join(h.tag("div", h.tag("code", name)) for name in record["files"])
    body = [
        h.pairs([("input", _inputs(record))]),
        h.table(h.head("rows", "", ""), rows),
        h.pairs(_run_items(record)),
        _figures([svg], "small") if svg else h.Html(),
        h.boxes(record["notes"]),
        h.details(f"{len(record['files'])} files in {out}", files),
    ]
    return h.card("Run", record["recipe"], _version(record), body, run_text(record, out))
