"""Figures: what is drawn is what was given."""

from __future__ import annotations

import builtins
import importlib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import uhuru
from uhuru import _plots

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = importlib.import_module("matplotlib.pyplot")

LABELS = [f"class_{i}" for i in range(10)]


@pytest.fixture(autouse=True)
def close_figures() -> Any:
    yield
    plt.close("all")


def core() -> Any:
    """Three features, the last with a logarithm; two components."""

    def unscale(values: Any) -> Any:
        assert values.shape[1] == 3
        return np.stack([values[:, 0], 10 * values[:, 1], np.exp(values[:, 2])], axis=1)

    names = [("hard", "identity", ""), ("gamma", "minmax", ""), ("kt", "log-minmax", "keV")]
    covariances = np.array(
        [
            [[0.09, 0.01, 0.0], [0.01, 0.04, 0.02], [0.0, 0.02, 0.25]],
            [[0.01, 0.0, 0.0], [0.0, 0.04, 0.0], [0.0, 0.0, 0.0]],
        ]
    )
    return SimpleNamespace(
        recipe=SimpleNamespace(
            features=[dict(name=name, transform=of, unit=unit) for name, of, unit in names]
        ),
        weights=np.array([0.25, 0.75]),
        means=np.array([[0.1, 0.2, 0.3], [0.5, 0.6, 0.7]]),
        covariances=covariances,
        unscale=unscale,
    )


def score(value: float) -> dict[str, float]:
    return {"value": value, "low": value, "high": value}


def evaluation() -> dict[str, Any]:
    n = len(LABELS)
    counts = np.arange(n * n).reshape(n, n) % 7 + 40 * np.eye(n, dtype=int)
    curve = [0.0, 0.25, 1.0]
    return {
        "level": "soft vote",
        "of": "classes",
        "labels": LABELS,
        "confusion": counts.tolist(),
        "confusion_normalized": (counts / counts.sum(1, keepdims=True)).tolist(),
        "calibration_error": score(0.048),
        "reliability": [
            {"low": 0, "high": 0.5, "count": 0, "mean_probability": None, "accuracy": None},
            {"low": 0.5, "high": 0.8, "count": 30, "mean_probability": 0.61, "accuracy": 0.5},
            {"low": 0.8, "high": 1.0, "count": 90, "mean_probability": 0.93, "accuracy": 0.95},
        ],
        "per_label": [
            {"label": of, "roc_auc": score(0.5 + i / 100), "average_precision": score(i / 100)}
            for i, of in enumerate(LABELS)
        ],
        "roc": {
            of: {"false_positive_rate": curve, "true_positive_rate": [0.0, i / 10, 1.0]}
            for i, of in enumerate(LABELS)
        },
        "precision_recall": {
            of: {"recall": curve[::-1], "precision": [i / 10, 0.5, 1.0]}
            for i, of in enumerate(LABELS)
        },
    }


def texts(ax: Any) -> list[str]:
    return [of.get_text() for of in ax.texts]


def test_ellipses_have_the_distance_that_they_claim() -> None:
    model = core()
    ax = _plots.plot_clusters(model, "gamma", "hard")
    lines = ax.get_lines()
    assert len(lines) == 4
    for line, (k, sigma) in zip(lines, [(0, 2), (0, 1), (1, 2), (1, 1)]):
        gamma, hard = line.get_data()
        offset = np.stack([hard, gamma / 10], 1) - model.means[k][:2]
        inverse = np.linalg.inv(model.covariances[k][:2, :2])
        distance = np.sqrt(np.einsum("ni,ij,nj->n", offset, inverse, offset))
        assert np.allclose(distance, sigma)
        assert np.allclose(offset[0], offset[-1])
        assert abs(np.arctan2(*offset.T)).max() > 3  # all around


def test_ellipses_are_in_the_features_own_values() -> None:
    ax = _plots.plot_clusters(core(), "hard", "kt")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("hard", "kt [keV]")
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    two_sigma = ax.get_lines()[0].get_ydata()
    assert np.isclose(np.log(two_sigma).max(), 0.3 + 2 * 0.5, atol=1e-3)
    assert np.isclose(np.log(two_sigma).min(), 0.3 - 2 * 0.5, atol=1e-3)
    flat = ax.get_lines()[2].get_ydata()  # no variance
    assert np.allclose(flat, np.exp(0.7))


def test_ellipses_of_the_published_model() -> None:
    model = uhuru.load_model("csc2-published").core
    names = [feature["name"] for feature in model.recipe.features]
    plane = [names.index("powlaw_gamma"), names.index("bb_kt")]
    ax = _plots.plot_clusters(model, "powlaw_gamma", "bb_kt")
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    lines = ax.get_lines()[1::2]  # of 1 sigma
    assert len(lines) == len(model.weights) == len(ax.texts)
    for k, line in enumerate(lines):
        values = np.tile(model.unscale(model.means[k : k + 1]), (len(line.get_xdata()), 1))
        assert np.allclose(ax.texts[k].xy, values[0, plane])
        values[:, plane] = line.get_xydata()
        offset = (model.scale(values) - model.means[k])[:, plane]
        inverse = np.linalg.inv(model.covariances[k][np.ix_(plane, plane)])
        assert np.allclose(np.einsum("ni,ij,nj->n", offset, inverse, offset), 1)


def test_heavy_components_are_bold_and_numbered_at_their_means() -> None:
    ax = _plots.plot_clusters(core())
    light, heavy = ax.get_lines()[0], ax.get_lines()[2]
    assert light.get_linewidth() < heavy.get_linewidth()
    assert light.get_alpha() < heavy.get_alpha() <= 1
    assert texts(ax) == ["0", "1"]
    assert np.allclose([of.xy for of in ax.texts], [[0.1, 2.0], [0.5, 6.0]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("hard", "gamma")


def test_points_are_drawn_beneath() -> None:
    points = np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 6.0]])
    ax = _plots.plot_clusters(core(), 0, -1, points=points)
    drawn = ax.get_lines()[0]
    assert np.array_equal(drawn.get_xdata(), [1, 4]) and np.array_equal(drawn.get_ydata(), [3, 6])
    assert drawn.get_zorder() < min(of.get_zorder() for of in ax.get_lines()[1:])
    many = np.tile(points, (30_000, 1))
    drawn = _plots.plot_clusters(core(), points=many).get_lines()[0]
    assert 10_000 < len(drawn.get_xdata()) <= 20_000
    _plots.plot_clusters(core(), points=np.empty((0, 3)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(x="flux"), "no feature 'flux'; the model has hard, gamma, kt"),
        (dict(x=3), "no feature 3"),
        (dict(x=-4), "no feature -4"),
        (dict(x="hard", y=0), "two features"),
        (dict(x="gamma", y="gamma"), "two features"),
        (dict(points=[[1.0, 2.0]]), r"shape \(1, 2\), not \(n, 3\)"),
        (dict(points=[1.0, 2.0, 3.0]), r"shape \(3,\)"),
    ],
)
def test_wrong_features_and_points(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _plots.plot_clusters(core(), **arguments)
    assert not plt.get_fignums()


def test_reliability() -> None:
    ax = _plots.plot_reliability(evaluation())
    diagonal, line = ax.get_lines()
    assert np.array_equal(line.get_xydata(), [[0.61, 0.5], [0.93, 0.95]])
    (marks,) = ax.collections
    assert np.array_equal(marks.get_offsets(), [[0.61, 0.5], [0.93, 0.95]])
    small, large = marks.get_sizes()
    assert np.isclose((large - 8) / (small - 8), 90 / 30)
    assert "0.048" in ax.get_legend().get_texts()[1].get_text()
    assert ax.get_xlabel() and ax.get_ylabel() and "soft vote" in ax.get_title()


def test_reliability_without_any_prediction() -> None:
    empty = evaluation()
    empty["reliability"], empty["calibration_error"] = empty["reliability"][:1], None
    assert "–" in _plots.plot_reliability(empty).get_legend().get_texts()[1].get_text()


def test_confusion() -> None:
    given = evaluation()
    ax = _plots.plot_confusion(given)
    (image,) = ax.get_images()
    assert np.allclose(image.get_array(), given["confusion_normalized"])
    assert image.get_clim() == (0, 1)
    shown = {of.get_position(): of.get_text() for of in ax.texts}
    for (row, column), count in np.ndenumerate(np.array(given["confusion"])):
        assert shown[column, row] == str(count)
    assert [of.get_text() for of in ax.get_xticklabels()] == LABELS
    assert [of.get_text() for of in ax.get_yticklabels()] == LABELS
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "truth")


def test_confusion_of_weighted_rows_and_of_none() -> None:
    given = evaluation()
    given["labels"] = ["a", "b"]
    given["confusion"] = [[27.1875, 163.4], [0, 0]]
    given["confusion_normalized"] = [[0.14, 0.86], [None, None]]
    ax = _plots.plot_confusion(given)
    assert texts(ax) == ["27.2", "163", "0", "0"]
    ax.figure.canvas.draw()


@pytest.mark.parametrize(
    ("plot", "curves", "x", "y", "area"),
    [
        ("plot_roc", "roc", "false_positive_rate", "true_positive_rate", "roc_auc"),
        ("plot_precision_recall", "precision_recall", "recall", "precision", "average_precision"),
    ],
)
def test_curves(plot: str, curves: str, x: str, y: str, area: str) -> None:
    given = evaluation()
    ax = getattr(_plots, plot)(given)
    lines = ax.get_lines()[:10]
    for line, label, scores in zip(lines, LABELS, given["per_label"]):
        assert np.array_equal(line.get_xdata(), given[curves][label][x])
        assert np.array_equal(line.get_ydata(), given[curves][label][y])
        assert line.get_label() == f"{label}  {scores[area]['value']:.3f}"
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 10
    assert (ax.get_xlabel(), ax.get_ylabel()) == (x.replace("_", " "), y.replace("_", " "))
    assert len(ax.get_legend().get_texts()) == 10


def test_precision_is_constant_down_to_the_next_recall() -> None:
    # The average precision is then the area below the curve.
    lines = _plots.plot_precision_recall(evaluation()).get_lines()
    assert {line.get_drawstyle() for line in lines} == {"steps-post"}


@pytest.mark.parametrize("plot", ["plot_reliability", "plot_roc", "plot_precision_recall"])
def test_hard_votes_have_no_probabilities(plot: str) -> None:
    given = evaluation()
    for key in ("reliability", "roc", "precision_recall"):
        del given[key]
    with pytest.raises(ValueError, match="probabilities"):
        getattr(_plots, plot)(given)
    assert not plt.get_fignums()


def test_classes() -> None:
    counts = [3, 0, 12345]
    ax = _plots.plot_classes(["a", "b", "c"], counts)
    assert [bar.get_width() for bar in ax.patches] == counts
    assert texts(ax) == ["3", "0", "12,345"]
    assert [of.get_text() for of in ax.get_yticklabels()] == ["a", "b", "c"]
    assert ax.yaxis_inverted()  # the first at the top
    assert ax.get_xlabel() and ax.get_ylabel()
    with pytest.raises(ValueError, match="2 names, but 1 counts"):
        _plots.plot_classes(["a", "b"], [1])


PLOTS: dict[str, tuple[Any, ...]] = {
    "plot_clusters": (core(),),
    "plot_reliability": (evaluation(),),
    "plot_confusion": (evaluation(),),
    "plot_roc": (evaluation(),),
    "plot_precision_recall": (evaluation(),),
    "plot_classes": (["a"], [1]),
}


@pytest.mark.parametrize("name", PLOTS)
def test_given_axes_and_settings_are_used(name: str) -> None:
    settings = dict(matplotlib.rcParams)
    figure, axes = plt.subplots(1, 2)
    result = getattr(_plots, name)(*PLOTS[name], ax=axes[1])
    assert result is axes[1] and not axes[0].has_data()
    assert plt.get_fignums() == [figure.number]
    assert dict(matplotlib.rcParams) == settings
    own = getattr(_plots, name)(*PLOTS[name])
    assert own.figure is not figure
    own.figure.canvas.draw()


def test_odd_names_are_neither_formulas_nor_hidden() -> None:
    names = [r"$\frac{$", "$a$ b", "_c", "<d>"]
    given = evaluation()
    given["labels"], given["confusion"] = names, np.eye(4).tolist()
    given["confusion_normalized"] = np.eye(4).tolist()
    given["roc"] = dict(zip(names, given["roc"].values()))
    for old, new in zip(given["per_label"], names):
        old["label"] = new
    for ax in (
        _plots.plot_confusion(given),
        _plots.plot_roc(given),
        _plots.plot_classes(names, [1, 2, 3, 4]),
    ):
        ax.figure.canvas.draw()  # fails for a wrong formula
    assert len(_plots.plot_roc(given).get_legend().get_texts()) == 4


@pytest.mark.parametrize("name", PLOTS)
def test_missing_matplotlib_is_explained(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module

    def refuse(module: str, *rest: Any) -> Any:
        if module.startswith("matplotlib"):
            raise builtins.ImportError(module)
        return real(module, *rest)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(ImportError, match="need matplotlib.*python3-matplotlib"):
        getattr(_plots, name)(*PLOTS[name])
