"""Templates and their placeholders."""

import pytest

from first_spike.rtl_model.delivery import names as module
from first_spike.rtl_model.delivery.names import fill


@pytest.fixture
def template(tmp_path, monkeypatch):
    """A function that writes the template `t`."""
    monkeypatch.setattr(module, "TEMPLATES", tmp_path)
    return (tmp_path / "t").write_text


def test_names_give_way_to_values_and_lines_with_a_list_repeat(template):
    template("module @TOP@; always @(posedge @TOP@)\n  - @EACH@ of @TOP@, @EACH@\nkept @NONE@\nmaybe@ONCE@\n"
             "end@x.org\n")
    assert fill("t", {"TOP": "a", "EACH": ["b", 3], "NONE": [], "ONCE": [""]}) == (
        "module a; always @(posedge a)\n  - b of a, b\n  - 3 of a, 3\nmaybe\nend@x.org\n")


def test_a_placeholder_without_value_is_an_error(template):
    template("@TOP@\n")
    with pytest.raises(KeyError, match="TOP"):
        fill("t", {"TIP": "a"})
