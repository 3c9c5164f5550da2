"""Recipes for arrays and other classes."""

from __future__ import annotations

import tomllib

from uhuru import _core
from uhuru._array_recipe import array_recipe, distinct, toml, with_classes


def test_distinct_names():
    assert distinct(["b", "B", "", "b_"], ["c"]) == ["b", "B_", "_", "b__"]
    assert distinct([" c", "none"], ["C", "none"]) == [" c_", "none_"]


def test_toml():
    document = {
        "text": 'a "quote", a \\, \x7f, ü and 😀\n',
        "numbers": [1, -2.5, 1e-6, float("inf")],
        "empty": [],
        "mixed": ["sig > 5", {"condition": "b > 1", "optional": True}],
        "table": {"TTau*": "YSO", "nested": {"ä b": 1}},
        "features": [{"name": "a", "range": [0, 1.5]}, {"name": "b"}],
    }
    assert tomllib.loads(toml(document)) == document


def test_features_of_other_names_are_computed_from_their_columns():
    text = array_recipe(['a "q"', "cluster", 'A "q"', ""], ["x", "a \"q\"", "-"], "rank", 3)
    recipe = _core.parse_recipe(text, "array")
    found = [(each["name"], each["expression"], each["transform"]) for each in recipe.features]
    assert found == [
        ('a "q"', "", "rank"),
        ("cluster_", '"cluster"', "rank"),
        ('A "q"_', '"A ""q"""', "rank"),
        ("_", "", "rank"),
    ]
    assert recipe.classes == ["x", 'a "q"__', "-_"]
    assert (recipe.components, recipe.method) == (3, "bayes")


def test_features_are_not_called_as_probabilities():
    recipe = _core.parse_recipe(array_recipe(["p_a", "P_Group_b", "class"], ["A", "b"], "rank", 3), "")
    assert [each["name"] for each in recipe.features] == ["p_a_", "P_Group_b_", "class"]
    assert recipe.class_columns == ["p_a", "p_b"]
    assert recipe.group_columns == ["p_group_a", "p_group_b"]
    assert _core.column_names(["TTau*", "ttau", "*"], "p_") == ["p_ttau", "p_ttau_2", "p_unnamed"]


def test_built_in_recipes_with_numbers():
    """Every built-in recipe is still a recipe with other classes, and does not name its own."""
    for name in _core.built_in_recipes():
        recipe = _core.load_recipe(name)
        other = _core.parse_recipe(with_classes(recipe.text, ["0", "1"]), name)
        assert other.classes == other.groups == ["0", "1"]
        assert other.features == recipe.features
        assert other.method == recipe.method
        settings = [tomllib.loads(each.text)["classes"] for each in (recipe, other)]
        assert settings[0].get("min_members") == settings[1].get("min_members")
        old = _core.class_ids(other, [*recipe.classes, "0", "1"])
        assert not set(recipe.classes) & set(other.classes)
        assert old.tolist() == [-1] * len(recipe.classes) + [0, 1]
