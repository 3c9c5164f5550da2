"""Classes that are no run's: served, and written as a page."""

from __future__ import annotations

import json
import urllib.request
import warnings
from pathlib import Path

import pytest

import uhuru


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """A table with classes that fits no recipe."""
    path = tmp_path / "classes.csv"
    path.write_text("name,ra,dec,kind,P_AGN,P_CV\na,10,20,AGN,0.9,0.1\nb,11,21,CV,0.2,0.8\n")
    return path


def test_a_table_is_served_with_a_warning(classes: Path) -> None:
    with (
        pytest.warns(uhuru.UhuruWarning, match="a temporary one was made"),
        uhuru.serve(classes, class_column="kind") as server,
    ):
        with urllib.request.urlopen(server.url + "/scs?RA=10&DEC=20&SR=0.1") as answer:
            assert b"AGN" in answer.read()
    assert [path.name for path in classes.parent.iterdir()] == ["classes.csv"]


def test_a_table_becomes_a_page(classes: Path) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            page = uhuru.report(classes)
        except ValueError as error:  # built without pages
            pytest.skip(str(error))
    assert any("no column cluster" in str(warning.message) for warning in said)
    assert page == classes.with_suffix(".html")
    text = page.read_text()
    data = json.loads(text.split('id="data">')[1].split("</script>")[0])
    assert data["recipe"]["classes"] == ["AGN", "CV"]
    assert data["sources"]["groups"][0]["most_certain"][0]["probabilities"] == [0.9, 0.1]


def test_what_has_no_classes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name,x\na,1\n")
    with pytest.raises(ValueError, match="the table has no classes"):
        uhuru.serve(tmp_path / "t.csv")
    with pytest.raises(FileNotFoundError):
        uhuru.serve(tmp_path / "absent")
    with pytest.raises(TypeError, match="class_column: expected a text"):
        uhuru.serve(tmp_path / "t.csv", class_column=None)  # type: ignore[arg-type]
