"""Figures with matplotlib: the mixture of a model, and the scores of a cross-validation.

Each function draws into the given axes, or into those of a new figure, and returns them. Styles are
those of matplotlib's settings.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Mapping, Sequence

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ._core import Model

Axes = Any  # matplotlib.axes.Axes, which is imported only to draw

_MOST_POINTS = 20_000  # drawn; more are not seen
_DASHES = ("-", "--", ":")  # a colour's curves, where there are more curves than colours


def _new_axes(**size: Any) -> Axes:
    try:
        pyplot = importlib.import_module("matplotlib.pyplot")
    except ImportError as error:
        raise ImportError(
            "figures need matplotlib; install it with `pip install matplotlib`, "
            "`conda install matplotlib` or `apt install python3-matplotlib`"
        ) from error
    return pyplot.subplots(layout="constrained", **size)[1]


def _plain(name: object) -> str:
    """A name as it is: not as a formula, nor hidden from legends by an underscore."""
    text = str(name).replace("$", r"\$")
    return f" {text}" if text.startswith("_") else text


# --- The mixture ---


def _feature(core: Model, feature: int | str) -> int:
    """The place of a feature given by place or name."""
    names = [of["name"] for of in core.recipe.features]
    if isinstance(feature, str):
        if feature not in names:
            raise ValueError(f"no feature {feature!r}; the model has {', '.join(names)}")
        return names.index(feature)
    if not -len(names) <= feature < len(names):
        raise ValueError(f"no feature {feature}; the model has {len(names)}")
    return feature % len(names)


def _label(feature: Mapping[str, str]) -> str:
    name, unit = feature["name"], feature["unit"]
    return _plain(f"{name} [{unit}]" if unit else name)


def _ellipse(
    core: Model, component: int, plane: Sequence[int], sigma: float, steps: int = 181
) -> npt.NDArray[np.float64]:
    """Points (steps, 2) in the features' own values, at a Mahalanobis distance in the plane."""
    angles = np.linspace(0, 2 * np.pi, steps)
    circle = sigma * np.stack([np.cos(angles), np.sin(angles)])
    values, vectors = np.linalg.eigh(core.covariances[component][np.ix_(plane, plane)])
    points = np.tile(np.asarray(core.means[component], dtype=float), (steps, 1))
    points[:, plane] += (vectors * np.sqrt(np.maximum(values, 0)) @ circle).T
    return np.asarray(core.unscale(points), dtype=float)[:, plane]


def plot_clusters(
    core: Model,
    x: int | str | None = None,
    y: int | str | None = None,
    ax: Axes | None = None,
    *,
    points: npt.ArrayLike | None = None,
) -> Axes:
    """Draw the components of a model's mixture in the plane of two features.

    Parameters
    ----------
    core : Model
    x, y : str or int, optional
        Names or places of the features, by default the first two.
    ax : matplotlib.axes.Axes, optional
    points : array of shape (n, features), optional
        Rows to draw beneath, in the features' own values, NaN where missing. Of more than 20,000,
        evenly spaced ones are drawn.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the model has no such feature, both are the same, or the points have another shape.
    ImportError
        If there is no matplotlib.

    Notes
    -----
    Each component has the curves of 1 and 2 sigma of its marginal distribution, with 39 and 86 % of
    its probability. They are ellipses in scaled features. The heavier a component, the more opaque
    and bold it is; its number stands at its mean. Axes of features whose transform is a logarithm
    are logarithmic.
    """
    features = core.recipe.features
    plane = [_feature(core, 0 if x is None else x), _feature(core, 1 if y is None else y)]
    if plane[0] == plane[1]:
        raise ValueError("a plane needs two features, but x and y are the same")
    if points is not None:
        points = np.asarray(points, dtype=float)
        if points.ndim != 2 or points.shape[1] != len(features):
            raise ValueError(f"points have the shape {points.shape}, not (n, {len(features)})")
    ax = _new_axes() if ax is None else ax
    for feature, name in zip(plane, "xy"):
        getattr(ax, f"set_{name}label")(_label(features[feature]))
        if features[feature]["transform"].startswith("log"):
            getattr(ax, f"set_{name}scale")("log")
    if points is not None:
        shown = points[:: -(-len(points) // _MOST_POINTS) or 1]
        ax.plot(*shown[:, plane].T, ".", color="0.5", ms=3, alpha=0.4, mew=0, zorder=1)
    means = np.asarray(core.unscale(np.asarray(core.means, dtype=float)), dtype=float)[:, plane]
    for k, weight in enumerate(core.weights):
        part = float(weight / max(core.weights))
        for sigma in (2, 1):
            ellipse = _ellipse(core, k, plane, sigma).T
            ax.fill(*ellipse, color=f"C{k}", alpha=0.03 + 0.12 * part, lw=0, zorder=2)
            ax.plot(*ellipse, color=f"C{k}", alpha=0.4 + 0.6 * part, lw=0.7 + 1.3 * part, zorder=3)
        ax.annotate(
            str(k),
            means[k],
            ha="center",
            va="center",
            size="small",
            bbox={"boxstyle": "circle,pad=0.2", "fc": ax.get_facecolor(), "ec": f"C{k}"},
            zorder=4,
        )
    return ax


# --- Evaluations of validation.json ---


def _title(what: str, evaluation: Mapping[str, Any]) -> str:
    return f"{what}, {evaluation['of']}, {evaluation['level']}"


def _needed(evaluation: Mapping[str, Any], key: str) -> Any:
    if key not in evaluation:
        raise ValueError(
            f"the evaluation of the {evaluation['level']} has no {key.replace('_', ' ')}: it needs "
            "probabilities, which detections and the soft vote have"
        )
    return evaluation[key]


def _value(score: Mapping[str, Any] | None) -> str:
    return "–" if score is None else f"{score['value']:.3f}"


def plot_reliability(evaluation: Mapping[str, Any], ax: Axes | None = None) -> Axes:
    """Draw how often the most probable class is right, against its probability.

    Parameters
    ----------
    evaluation : dict
        One of the evaluations of a cross-validation.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
        Points are bins of probability; their areas are in proportion to the counts.

    Raises
    ------
    ValueError
        If the evaluation has no probabilities (hard vote).
    ImportError
        If there is no matplotlib.
    """
    bins = [of for of in _needed(evaluation, "reliability") if of["mean_probability"] is not None]
    ax = _new_axes() if ax is None else ax
    said = [of["mean_probability"] for of in bins]
    true = [of["accuracy"] for of in bins]
    counts = np.array([of["count"] for of in bins], dtype=float)
    ax.plot([0, 1], [0, 1], "--", color="0.5", lw=1, label="calibrated")
    (line,) = ax.plot(said, true, lw=1)
    error = _value(evaluation["calibration_error"])
    ax.scatter(
        said,
        true,
        s=8 + 150 * counts / counts.max(initial=1),
        color=line.get_color(),
        alpha=0.7,
        lw=0,
        zorder=3,
        label=f"calibration error {error}",
    )
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal", title=_title("Reliability", evaluation))
    ax.set(xlabel="largest probability, mean of the bin", ylabel="part that is right")
    ax.legend(loc="upper left", markerscale=0.5)
    return ax


def plot_confusion(evaluation: Mapping[str, Any], ax: Axes | None = None) -> Axes:
    """Draw a confusion matrix: counts, on colours that are parts of the row.

    Parameters
    ----------
    evaluation : dict
        One of the evaluations of a cross-validation.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ImportError
        If there is no matplotlib.
    """
    labels = [_plain(label) for label in evaluation["labels"]]
    counts = np.array(evaluation["confusion"], dtype=float)
    parts = np.array(evaluation["confusion_normalized"], dtype=float)
    if ax is None:
        side = 2.2 + 0.5 * len(labels)
        ax = _new_axes(figsize=(side, side))
    ax.imshow(parts, cmap="Blues", vmin=0, vmax=1)
    ax.set_xticks(range(len(labels)), labels, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(labels)), labels)
    size = 10 if len(labels) < 7 else 8
    for (row, column), count in np.ndenumerate(counts):
        color = "white" if parts[row, column] > 0.6 else "black" if count else "0.6"
        text = f"{count:.0f}" if count == int(count) or count >= 100 else f"{count:.1f}"
        ax.text(column, row, text, ha="center", va="center", color=color, size=size)
    ax.set(xlabel="predicted", ylabel="truth", title=_title("Confusion", evaluation))
    return ax


def _plot_curves(
    evaluation: Mapping[str, Any], curves: str, x: str, y: str, area: str, ax: Axes | None
) -> Axes:
    """The curves of all labels, with the areas below them."""
    given = _needed(evaluation, curves)
    ax = _new_axes(figsize=(7, 4.8)) if ax is None else ax
    areas = {of["label"]: of[area] for of in evaluation["per_label"]}
    steps = "steps-post" if curves == "precision_recall" else "default"
    for k, (label, curve) in enumerate(given.items()):
        ax.plot(
            curve[x],
            curve[y],
            color=f"C{k}",
            ls=_DASHES[k // 10 % len(_DASHES)],
            lw=1.3,
            drawstyle=steps,
            label=_plain(f"{label}  {_value(areas[label])}"),
        )
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    ax.set(xlabel=x.replace("_", " "), ylabel=y.replace("_", " "))
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize="small")
    return ax


def plot_roc(evaluation: Mapping[str, Any], ax: Axes | None = None) -> Axes:
    """Draw the ROC curve of each class against all others, with the areas below them.

    Parameters
    ----------
    evaluation : dict
        One of the evaluations of a cross-validation.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the evaluation has no probabilities (hard vote).
    ImportError
        If there is no matplotlib.
    """
    x, y = "false_positive_rate", "true_positive_rate"
    ax = _plot_curves(evaluation, "roc", x, y, "roc_auc", ax)
    ax.plot([0, 1], [0, 1], "--", color="0.5", lw=1, zorder=1)
    ax.set_title(_title("ROC curves and areas", evaluation))
    return ax


def plot_precision_recall(evaluation: Mapping[str, Any], ax: Axes | None = None) -> Axes:
    """Draw precision against recall of each class, with the average precisions.

    Parameters
    ----------
    evaluation : dict
        One of the evaluations of a cross-validation.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the evaluation has no probabilities (hard vote).
    ImportError
        If there is no matplotlib.
    """
    ax = _plot_curves(
        evaluation, "precision_recall", "recall", "precision", "average_precision", ax
    )
    ax.set_title(_title("Precision and average precision", evaluation))
    return ax


# --- Classes ---


def plot_classes(names: Sequence[str], counts: Sequence[int], ax: Axes | None = None) -> Axes:
    """Draw how many rows each class has, the first at the top.

    Parameters
    ----------
    names : sequence of str
    counts : sequence of int
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are not as many counts as names.
    ImportError
        If there is no matplotlib.
    """
    if len(names) != len(counts):
        raise ValueError(f"{len(names)} names, but {len(counts)} counts")
    ax = _new_axes(figsize=(6.4, 1 + 0.3 * len(names))) if ax is None else ax
    bars = ax.barh(range(len(names)), counts)
    ax.bar_label(bars, [f"{count:,}" for count in counts], padding=3)
    ax.set_yticks(range(len(names)), [_plain(name) for name in names])
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.set(xlabel="number", ylabel="class")
    return ax
