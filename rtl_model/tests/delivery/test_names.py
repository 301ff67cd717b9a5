"""What can name a design."""

import pytest

from first_spike.golden.errors import UserError
from first_spike.rtl_model.delivery.names import LONGEST, prefix, require_name


@pytest.mark.parametrize("name", ["", "mnist", "_", "Net_2", "begins", "x" * LONGEST])
def test_identifiers_can(name):
    require_name(name)
    assert prefix(name) == (f"{name}_" if name else "")


@pytest.mark.parametrize("name", ["2nd", "a-b", "a b", "a$", "ä", "a/b", "\\a", "a\n"])
def test_other_texts_cannot(name):
    with pytest.raises(UserError, match="cannot name a design: Verilog wants letters, digits and underscores, and no "
                                        "digit first"):
        require_name(name)


@pytest.mark.parametrize("name", ["module", "always", "xnor", "uwire"])
def test_keywords_cannot(name):
    with pytest.raises(UserError, match=f"'{name}' cannot name a design: it is a keyword of Verilog"):
        require_name(name)


def test_long_names_cannot():
    with pytest.raises(UserError, match="a name of 65 characters is too long for a design: choose at most 64"):
        require_name("x" * (LONGEST + 1))
