"""Tables that astropy and pandas allow, odd as they may be."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
import pandas as pd
import pytest
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.table import MaskedColumn, QTable
from astropy.time import TimeDelta

import uhuru


def through_a_file(table: Any, folder: Path, ending: str = "vot") -> QTable:
    path = folder / f"table.{ending}"
    uhuru.write(table, path, overwrite=True)
    return uhuru.read(path)


def test_nullable_columns_of_pandas(tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "a": pd.Series([1.5, None, 3], dtype="Float64"),
        "b": pd.Series([1, None, 3], dtype="Int64"),
        "c": pd.Series([True, None, False], dtype="boolean"),
        "d": pd.Series(["x", None, "z"], dtype="string"),
        "e": pd.Series(["x", None, "z"], dtype="category"),
        "f": pd.arrays.SparseArray([0.0, np.nan, 2.0]),
        "g": pd.to_datetime(["2020-01-02", None, "2021-02-03"]),
        7: [1, 2, 3],
    })
    back = through_a_file(frame, tmp_path)
    for name in "abcdefg":
        assert back[name].mask.tolist() == [False, True, False], name
    assert back["a"].tolist()[2] == 3 and back["b"].tolist()[2] == 3 and back["c"].tolist()[0] is True
    assert back["g"][0].startswith("2020-01-02") and back["7"].tolist() == [1, 2, 3]
    detections = uhuru.simulate(100)[0]
    nullable = detections.to_pandas().convert_dtypes()
    assert np.array_equal(uhuru.features(nullable), uhuru.features(detections), equal_nan=True)


def test_frames_with_an_index_and_names_twice(tmp_path: Path) -> None:
    frame = pd.DataFrame({"name": ["p", "q"], "x": [1, 2]}).set_index("name")
    assert through_a_file(frame, tmp_path)["name"].tolist() == ["p", "q"]
    twice = pd.DataFrame([[1, 2]], columns=["x", "x"])
    with pytest.raises(ValueError, match="several columns named x"):
        uhuru.write(twice, tmp_path / "twice.vot")


def test_large_whole_numbers_keep_their_digits(tmp_path: Path) -> None:
    gaia = 4295806720123456789
    table = QTable({
        "objects": np.array([gaia, None], object),
        "unsigned": np.array([2**63 + 5, 2**63 + 6], "u8"),
        "masked": np.ma.array([5, 2**63 + 6], "u8", mask=[0, 1]),
    })
    back = through_a_file(table, tmp_path)
    assert back["objects"][0] == gaia and back["objects"].mask.tolist() == [False, True]
    assert list(back["unsigned"]) == [str(2**63 + 5), str(2**63 + 6)]
    assert back["masked"][0] == 5 and back["masked"].dtype.kind == "i"


def test_masked_elements_of_arrays(tmp_path: Path) -> None:
    ragged = np.empty(2, object)
    ragged[:] = [np.ma.array([1, 2], mask=[0, 1]), np.array([3])]
    table = QTable({
        "whole": np.ma.array([[1, 2], [3, 4]], mask=[[0, 1], [0, 0]]),
        "real": np.ma.array([[1.0, 2], [3, 4]], mask=[[0, 1], [0, 0]]),
        "ragged": ragged,
    })
    back = through_a_file(table, tmp_path)
    for name in ("whole", "real"):
        values = np.ma.filled(back[name], np.nan)
        assert np.isnan(values[0, 1]) and values[1].tolist() == [3, 4]
    assert np.isnan(np.ma.filled(back["ragged"][0], np.nan)[1]) and back["ragged"][1][0] == 3
    flags = QTable({"flag": np.ma.array([[True, False]], mask=[[0, 1]])})
    with pytest.raises(ValueError, match="flag: expected whole arrays"):
        uhuru.write(flags, tmp_path / "flags.vot")


def test_unknown_booleans_of_arrays_are_masked(tmp_path: Path) -> None:
    for size in ("*", "3"):
        (tmp_path / "flags.vot").write_text(
            f'<VOTABLE><RESOURCE><TABLE><FIELD name="f" datatype="boolean" arraysize="{size}"/>'
            "<DATA><TABLEDATA><TR><TD>T ? F</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>")
        cell = uhuru.read(tmp_path / "flags.vot")["f"][0]
        assert cell.mask.tolist() == [False, True, False] and cell[0] and not cell[2]


@pytest.mark.parametrize("ending", ["vot", "fits"])
def test_arrays_of_texts(ending: str, tmp_path: Path) -> None:
    texts = np.array([["a", "b"], ["c", "d e"]])
    back = through_a_file(QTable({"t": texts}), tmp_path, ending)
    assert back["t"].tolist() == texts.tolist()


def test_percentages_are_dimensionless() -> None:
    table = uhuru.simulate(100)[0]
    X = uhuru.features(table)
    table["var_prob_b"] = MaskedColumn(np.asarray(table["var_prob_b"]) * 100, unit="percent")
    assert np.allclose(uhuru.features(table), X, equal_nan=True)


def odd_columns(n: int) -> dict[str, Any]:
    return {
        "complex": np.zeros(n, complex),
        "duration": np.zeros(n, "m8[s]"),
        "difference": TimeDelta(np.zeros(n), format="sec"),
        "place": EarthLocation.from_geodetic(np.zeros(n), np.zeros(n)),
        "nested": np.zeros(n, [("x", float)]),
        "void": np.zeros((n, 0)),
        "objects": np.full((n, 2), None, object),
    }


@pytest.mark.parametrize("name", odd_columns(1))
def test_a_column_that_nothing_needs_is_left_out(name: str, tmp_path: Path) -> None:
    table = uhuru.simulate(10)[0]
    X = uhuru.features(table)
    table[name] = odd_columns(10)[name]
    with pytest.warns(uhuru.UhuruWarning, match=f"column {name}: expected.*left out"):
        assert np.array_equal(uhuru.features(table), X, equal_nan=True)
    with pytest.raises(ValueError, match=f"column {name}: expected"):
        uhuru.write(table, tmp_path / "x.vot")


def test_dates_are_texts(tmp_path: Path) -> None:
    days = np.array(["2020-01-02", "NaT"], "M8[D]")
    back = through_a_file(QTable({"when": days}), tmp_path)
    assert back["when"][0] == "2020-01-02" and back["when"].mask.tolist() == [False, True]
    objects = np.array([datetime.date(2020, 1, 2), pd.NaT], object)
    assert through_a_file({"when": objects}, tmp_path)["when"].mask.tolist() == [False, True]


def test_texts_that_cannot_be_encoded(tmp_path: Path) -> None:
    table = QTable({"a\udc80": ["b\udc80", "c\0d"]})
    table["a\udc80"].info.description = "d\udc80"
    table.meta["m\udc80"] = "n\udc80"
    back = through_a_file(table, tmp_path)
    assert len(back) == 2 and back[back.colnames[0]][1] == "c"
    assert uhuru.features({"hard_hm": [0.1], "name": np.array([b"\xff", ], object)}).shape == (1, 12)
    path = tmp_path / "caf\udce9.csv"
    uhuru.write({"x": [1]}, path)
    assert uhuru.read(path)["x"].tolist() == [1]


@pytest.mark.parametrize("unit", [u.K, u.Unit("foo", parse_strict="silent"), u.mag(u.AB)])
def test_units_that_are_none(unit: Any) -> None:
    table = QTable({"bb_kt": MaskedColumn([1.0, 2.0], unit=unit)}, copy=False)
    table = table if hasattr(table["bb_kt"], "unit") else table
    if table["bb_kt"].unit == u.K:
        unit = u.s
        table["bb_kt"] = [1.0, 2.0] * unit
    with pytest.raises(ValueError, match="column bb_kt: wrong unit; expected keV"):
        uhuru.features(table)


def test_hour_angles() -> None:
    here = QTable({"ra": [1.0] * u.hourangle, "dec": [0.0] * u.deg})
    found = uhuru.crossmatch(here, {"ra": [15.0], "dec": [0.0], "n": [7]})
    assert found["n"].tolist() == [7]


def test_crossmatch_of_odd_columns() -> None:
    left = QTable({"ra": [10.0, 20.0], "dec": [0.0, 0.0]})
    right = QTable({"p": SkyCoord([10.0] * u.deg, [0.0] * u.deg, frame="fk5"), "v": [[1, 2, 3]]})
    for find in ("best", "all"):
        found = uhuru.crossmatch(left, right, find=find)
        assert np.isnan(found["p"].ra.deg).tolist() == [False, True] and found["p"].frame.name == "fk5"
        assert found["v"].mask.tolist() == [[False] * 3, [True] * 3]
    nothing = right[:0]
    found = uhuru.crossmatch(left, nothing)
    assert np.isnan(found["p"].ra.deg).all() and found["v"].mask.all()
    nothing = QTable({"ra": [] * u.deg, "dec": [] * u.deg})
    assert uhuru.crossmatch(left, nothing)["ra_2"].unit == u.deg
    assert len(uhuru.crossmatch(SkyCoord([[10.0]] * u.deg, [[0.0]] * u.deg), right)) == 1
    names = QTable({"ra": [10.0], "RA": ["x"], "dec": [0.0]})
    assert uhuru.crossmatch(names, right)["v"].tolist() == [[1, 2, 3]]


def test_masked_arrays_of_features() -> None:
    model = uhuru.load_model("csc2-published")
    X = uhuru.features(uhuru.simulate(100)[0])
    masked = np.ma.masked_invalid(X)
    masked.data[masked.mask] = -999.0
    assert np.array_equal(model.predict_proba(masked), model.predict_proba(X))
    for wrong in (X.astype(complex), X.astype(str)):
        with pytest.raises(ValueError, match="expected an array of numbers"):
            model.predict_proba(wrong)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda t: uhuru.check(None), TypeError, "expected a table"),
        (lambda t: uhuru.check(5), TypeError, "expected a table"),
        (lambda t: uhuru.vote(t, "csc2-published"), TypeError, "model: expected a uhuru.Model"),
        (lambda t: uhuru.Model("csc2-published"), TypeError, "load_model"),
        (lambda t: uhuru.write(t, "x.vot", format=3), TypeError, "format: expected a text"),
        (lambda t: uhuru.crossmatch(t, t, ra=None), TypeError, "ra: expected a text"),
        (lambda t: uhuru.crossmatch(t, t, None), ValueError, "radius: expected an angle"),
        (lambda t: uhuru.crossmatch(t, t, [1, 2] * u.arcsec), ValueError, "radius: expected an angle"),
        (lambda t: uhuru.run(t, ["QSO"] * 10, out="r", join="foo"), ValueError, "join"),
        (lambda t: uhuru.validate(t, ["QSO"] * 10, split=None), ValueError, "split: expected"),
        (lambda t: uhuru.fetch_csc(()), ValueError, "cone: expected"),
        (lambda t: uhuru.fetch_csc((0 * u.kg, 0, 1)), ValueError, "cone: expected"),
        (lambda t: uhuru.fetch_csc(where=3), TypeError, "where: expected a text"),
        (lambda t: uhuru.fetch_csc(columns=[1]), TypeError, "columns: expected a text"),
        (lambda t: uhuru.fetch_simbad(t, service="foo"), ValueError, "service: expected"),
        (lambda t: uhuru.serve("x", title=None), TypeError, "title: expected a text"),
        (lambda t: uhuru.serve("x", port=1.5), TypeError, "port: expected a whole number"),
        (lambda t: uhuru.load_validation("nowhere"), FileNotFoundError, "not of a validation"),
        (lambda t: uhuru.Run("nowhere"), FileNotFoundError, "not a run folder"),
        (
            lambda t: uhuru.load_model("csc2-published").predict_table(t, coverage="0.9"),
            TypeError,
            "coverage: expected a number",
        ),
        (
            lambda t: uhuru.load_model("csc2-published").predict_table(t, prior=3),
            TypeError,
            "prior: expected",
        ),
    ],
)
def test_wrong_arguments(call: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call(uhuru.simulate(10)[0])


def test_labels_in_a_data_frame(tmp_path: Path) -> None:
    table, counterparts = uhuru.simulate(2000)
    y = uhuru.crossmatch(table, counterparts)["main_type"]
    frame = pd.DataFrame({"main_type": y.filled("")})
    one, other = (uhuru.run(table, labels, out=tmp_path / str(i)) for i, labels in enumerate((y, frame)))
    assert (one.path / "model.json").read_bytes() == (other.path / "model.json").read_bytes()
    with uhuru.serve(one) as server:
        assert server.running
