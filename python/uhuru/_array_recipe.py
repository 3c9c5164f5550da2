"""Recipes for data that no mission's recipe describes: columns of an array, classes of one's own.

A recipe is a TOML text (docs/recipes.md). Those made here are complete, so that a model learned
with them can be saved, and classifies tables from the command line like any other.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any

from . import _core

# Columns of output tables, and words that say that a label is missing: no name may be one of them.
_RESERVED = (
    "cluster log_density density_percentile tail_probability main_type class_name class_group"
    " p_known features_missing detection_count probability group_probability hard_class standing"
    " label - -- ... n/a na nan null none"
).split()


def distinct(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return the names, with underscores appended to those that are empty or taken.

    Names that differ only in case count as the same.
    """
    used = {name.lower() for name in taken}
    result = []
    for name in names:
        new = name if name.strip() else "_"
        while new.strip().lower() in used:
            new += "_"
        used.add(new.strip().lower())
        result.append(new)
    return result


def array_recipe(
    columns: Sequence[str], labels: Iterable[str], transform: str, components: int
) -> str:
    """Return a recipe whose features are the columns of an array.

    Parameters
    ----------
    columns : sequence of str
        Names of the columns. One that an output table needs for itself becomes a feature of another
        name, computed from that column.
    labels : iterable of str
        Names of the classes, each of which is a group; in the recipe they are distinct names that
        begin with these.
    transform : str
        How all features are scaled.
    components : int
        Number of clusters.
    """
    labels = list(labels)
    probabilities = [
        name for prefix in ("p_", "p_group_") for name in _core.column_names(labels, prefix)
    ]
    features = distinct(columns, [*_RESERVED, *probabilities])
    name, label = distinct(["name", "label"], features)
    document = {
        "name": "array",
        "description": "Columns of an array",
        "missing": "integrate",
        "columns": {"name": name},
        "features": [
            {"name": feature, "transform": transform}
            | ({"expression": _in_quotes(column)} if feature != column and column else {})
            for feature, column in zip(features, columns)
        ],
        "mixture": {"components": components},
        "classes": {
            "names": distinct(labels, [*_RESERVED, *features, name, label]),
            "method": "bayes",
        },
        "labels": {"type": label},
    }
    return toml(document)


def with_classes(text: str, labels: Iterable[str]) -> str:
    """Return a recipe with other classes, each of which is a group.

    Parameters
    ----------
    text : str
        The recipe. Its features, selection and settings are kept.
    labels : iterable of str
        Names of the classes; in the recipe they are distinct names that begin with these.
    """
    document = tomllib.loads(text)
    taken = [feature["name"] for feature in document["features"]]
    taken += [column for column in document["columns"].values() if isinstance(column, str)]
    document["description"] = f"{document['name']} with other classes"
    old = document["classes"]
    document["classes"] = {"names": distinct(labels, [*_RESERVED, *taken])} | {
        key: old[key] for key in ("method", "min_members") if key in old
    }
    for key in ("aliases", "ambiguous"):
        document["labels"].pop(key, None)
    document.pop("simulate", None)  # its fields of the sky name classes
    return toml(document)


def toml(document: dict[str, Any]) -> str:
    """Return a document as TOML: tables as sections, what is nested deeper in one line.

    Values are texts, numbers, bools, lists and dicts, as `tomllib` reads them from a recipe.
    """
    plain, sections = [], []
    for key, value in document.items():
        if isinstance(value, dict):
            sections += ["", f"[{_key(key)}]", *_lines(value)]
        elif value and isinstance(value, list) and all(isinstance(each, dict) for each in value):
            for each in value:
                sections += ["", f"[[{_key(key)}]]", *_lines(each)]
        else:
            plain += _lines({key: value})
    return "\n".join([*plain, *sections, ""])


def _lines(table: dict[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items()]


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # JSON's strings are TOML's, but for the character DEL.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(_lines(value))}}}"
    return repr(value)


def _in_quotes(column: str) -> str:
    """Return the name of a column as an expression."""
    return '"' + column.replace('"', '""') + '"'
