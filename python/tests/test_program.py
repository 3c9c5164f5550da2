"""Each function gives the same numbers as the program's command, bit for bit."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import uhuru
from conftest import call


def assert_same(ours: Any, theirs: Any) -> None:
    """The same columns with the same values, and the same of them missing."""
    assert ours.colnames == theirs.colnames
    for name in ours.colnames:
        one, other = ours[name], theirs[name]
        masks = [np.asarray(getattr(column, "mask", np.zeros(len(ours), bool))) for column in (one, other)]
        assert (masks[0] == masks[1]).all(), name
        assert getattr(one, "unit", None) == getattr(other, "unit", None), name
        values = [np.asarray(getattr(column, "unmasked", column))[~masks[0]] for column in (one, other)]
        assert values[0].tobytes() == values[1].tobytes() or (values[0] == values[1]).all(), name


def test_predict_table(program: str, simulated: Path, detections: Any, tmp_path: Path) -> None:
    call(program, "predict", "--model", "csc2-published", simulated / "detections.vot",
         "--out", tmp_path / "classes.fits")
    model = uhuru.load_model("csc2-published")
    for table in (detections, simulated / "detections.vot"):
        for jobs in (1, 2):
            assert_same(model.predict_table(table, n_jobs=jobs), uhuru.read(tmp_path / "classes.fits"))


def test_vote(program: str, simulated: Path, detections: Any, tmp_path: Path) -> None:
    call(program, "predict", "--model", "csc2-published", simulated / "detections.vot",
         "--out", tmp_path / "classes.vot", "--vote", tmp_path / "votes")
    model = uhuru.load_model("csc2-published")
    sources = uhuru.vote(model.predict_table(detections), model)
    theirs = uhuru.read(tmp_path / "votes" / "sources.csv")
    for name in theirs.colnames:  # a CSV file has no units
        one, other = sources[name], theirs[name]
        known = ~np.ma.getmaskarray(np.ma.asarray(np.ma.getdata(other) if name not in ("class_name",) else other))
        ours = np.asarray(getattr(one, "unmasked", one))[known]
        values = np.asarray(other)[known]
        same = ours == values if ours.dtype.kind in "UO" else (
            (ours == values) | (np.isnan(ours.astype(float)) & np.isnan(values.astype(float))))
        assert same.all(), name


def test_probabilities_are_those_of_the_table(detections: Any) -> None:
    model = uhuru.load_model("csc2-published")
    classes = model.predict_table(detections)
    of_table = np.column_stack([np.asarray(classes[name]) for name in model.class_columns_])
    from_table = model.predict_proba(detections)
    assert (from_table == of_table).all()
    assert (model.predict_proba(uhuru.features(detections)) == of_table).all()
    names = np.ma.filled(np.ma.masked_array(classes["class_name"]), "")
    assert (model.predict(detections) == names).all()


@pytest.mark.parametrize("method", ["mahalanobis", "bayes"])
def test_run(program: str, simulated: Path, detections: Any, y: Any, method: str, tmp_path: Path) -> None:
    call(program, "run", "--detections", simulated / "detections.vot", "--labels",
         simulated / "labels.vot", "--method", method, "--out", tmp_path / "theirs")
    inputs: list[tuple[Any, Any]] = [
        (detections, y),
        (simulated / "detections.vot", y),
        (detections, simulated / "labels.vot"),
        (detections, uhuru.read(simulated / "labels.vot")),
    ]
    for number, (table, labels) in enumerate(inputs):
        run = uhuru.run(table, labels, method=method, out=tmp_path / str(number))
        for name in ("sources.csv", "clusters.csv", "detection_level_classification.csv", "model.json"):
            assert (run.path / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes(), name
    # The estimator learns the same.
    clf = uhuru.Classifier(method=method).fit(detections, y)
    clf.save(tmp_path / "model.json")
    assert (tmp_path / "model.json").read_bytes() == (tmp_path / "theirs" / "model.json").read_bytes()


def test_writes_folders_in_any_format(
    program: str, simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    inputs = [simulated / "detections.vot", simulated / "labels.vot"]
    expected = uhuru.run(*inputs, out=tmp_path / "csv").sources
    for form, ending in (("fits", "fits"), ("uhuru.ecsv", "ecsv")):
        run = uhuru.run(*inputs, out=tmp_path / ending, format=form)
        assert (run.path / f"sources.{ending}").exists() and not (run.path / "sources.csv").exists()
        sources = run.sources
        assert list(sources["name"]) == list(expected["name"])
        meta = {key.lower(): value for key, value in sources.meta.items()}
        assert meta["creator" if form == "fits" else "software"] == "uhuru " + uhuru.__version__
        assert meta["command"] == "uhuru.run"
        assert meta["date"] == "1970-01-02T00:00:00"
        digest = hashlib.sha256((simulated / "labels.vot").read_bytes()).hexdigest()
        assert meta["input_2"] == "labels.vot sha256:" + digest
    uhuru.validate(*inputs, folds=2, bootstrap=0, out=tmp_path / "v", format="fits")
    assert list((tmp_path / "v").glob("*.fits")) and not list((tmp_path / "v").glob("*.csv"))
    with pytest.raises(ValueError, match="format"):
        uhuru.run(*inputs, out=tmp_path / "other", format="excel")


def test_folders_in_any_format(program: str, simulated: Path, tmp_path: Path) -> None:
    inputs = ["--detections", simulated / "detections.vot", "--labels", simulated / "labels.vot"]
    for name in ("csv", "fits", "votable"):
        call(program, "run", *inputs, "--format", name, "--out", tmp_path / name)
        call(program, "validate", *inputs, "--bootstrap", 0, "--format", name, "--out", tmp_path / name / "v")
    expected = uhuru.Run(tmp_path / "csv")
    for name in ("fits", "votable"):
        run = uhuru.Run(tmp_path / name)
        for part in ("sources", "detections", "clusters"):
            ours, theirs = getattr(run, part), getattr(expected, part)
            assert ours.colnames == theirs.colnames
            assert list(ours["name"]) == list(theirs["name"])
        assert len(uhuru.load_validation(tmp_path / name / "v").predictions) == len(
            uhuru.load_validation(tmp_path / "csv" / "v").predictions)
        # What the user puts beside them is not taken for a table of the run.
        (tmp_path / name / "sources.csv").write_text("name\nother\n")
        assert list(run.sources["name"]) == list(expected.sources["name"])


@pytest.mark.parametrize("method", ["mahalanobis", "bayes"])
def test_validate(
    program: str, simulated: Path, detections: Any, y: Any, method: str, tmp_path: Path
) -> None:
    call(program, "validate", "--detections", simulated / "detections.vot", "--labels",
         simulated / "labels.vot", "--method", method, "--folds", 3, "--bootstrap", 50, "--out", tmp_path / "theirs")
    ours = uhuru.validate(detections, y, method=method, folds=3, bootstrap=50)
    theirs = json.loads((tmp_path / "theirs" / "validation.json").read_text())
    for part in ("evaluations", "of_sources", "sample", "split", "scores_count", "notes"):
        assert ours.data[part] == theirs[part], part
    assert ours.figures["roc_soft_vote_groups"] == (
        tmp_path / "theirs" / "roc_soft_vote_groups.svg").read_text()
    with pytest.raises(ValueError, match="expected the level"):
        ours.evaluation("vote")


@pytest.mark.parametrize("find", ["best", "all"])
def test_crossmatch(program: str, simulated: Path, detections: Any, find: str, tmp_path: Path) -> None:
    call(program, "crossmatch", simulated / "detections.vot", simulated / "labels.vot", "--radius", 2,
         "--find", find, "--out", tmp_path / "joined.vot")
    ours = uhuru.crossmatch(detections, simulated / "labels.vot", 2, find=find)
    theirs = uhuru.read(tmp_path / "joined.vot")
    assert ours.colnames == theirs.colnames
    for name in ours.colnames:
        one, other = np.ma.masked_array(ours[name]), np.ma.masked_array(theirs[name])
        assert (np.ma.getmaskarray(one) == np.ma.getmaskarray(other)).all(), name
        known = ~np.ma.getmaskarray(one)
        assert (np.asarray(one)[known] == np.asarray(other)[known]).all(), name


def test_mixture(program: str, simulated: Path, detections: Any, tmp_path: Path) -> None:
    run = uhuru.run(detections, uhuru.crossmatch(detections, simulated / "labels.vot")["main_type"],
                    out=tmp_path / "run")
    model = run.model
    X = uhuru.features(detections)
    X = model.core.scale(X[~np.isnan(X).any(axis=1)])
    mixture = uhuru.GaussianMixture(6, random_state=42).fit(X)
    assert np.allclose(mixture.means_, model.core.means, rtol=0, atol=1e-12)


def test_saved_model_works_in_the_program(
    program: str, simulated: Path, detections: Any, y: Any, tmp_path: Path
) -> None:
    clf = uhuru.Classifier(method="bayes", random_state=1, n_jobs=2).fit(detections, y)
    clf.save(tmp_path / "model.json")
    call(program, "predict", "--model", tmp_path / "model.json",
         simulated / "detections.vot", "--out", tmp_path / "classes.vot")
    theirs = uhuru.read(tmp_path / "classes.vot")
    P = clf.predict_proba(detections)
    for place, name in enumerate(clf.model_.class_columns_):
        values = np.asarray(theirs[name])
        known = ~np.isnan(values)  # a class that was not learned has no probability
        assert (values[known] == P[known, place]).all()


def test_files_are_the_programs(program: str, simulated: Path, detections: Any, tmp_path: Path) -> None:
    for name, format in (("a.csv", "csv"), ("a.tsv", "tsv")):
        call(program, "convert", simulated / "detections.vot", "--out", tmp_path / name)
        uhuru.write(detections, tmp_path / f"ours.{format}")
        assert (tmp_path / name).read_bytes() == (tmp_path / f"ours.{format}").read_bytes()
