"""No identifier of generated Verilog is a word that Verilog, SystemVerilog, Verilog-AMS or VHDL keeps for itself."""

import re

import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.files import ROOT
from first_spike.rtl_model.delivery.names import KEYWORDS
from tb.benches.keywords import SYSTEMVERILOG, VERILOG_AMS, VHDL, languages
from tb.scenarios.small_designs import TRIED_DESIGNS, SmallDesign, SmallProcessor, loadable

SERIAL = SmallDesign(loadable, Configuration((2,), 1, 1, weights="loadable", weight_memory="spram"),
                     "accelerator_serial")
DESIGNS = {**TRIED_DESIGNS, "serial, SPRAM": SERIAL}
NO_IDENTIFIERS = re.compile(r"""//[^\n]* | "[^"\n]*" | [`$]\w+ | \d*'[bdh]\w+""", re.VERBOSE)


def kept_words(text):
    """{identifier: the languages that keep it for themselves} of Verilog; what is a keyword there is no identifier."""
    words = set(re.findall(r"[A-Za-z_]\w*", NO_IDENTIFIERS.sub(" ", text))) - KEYWORDS
    return {word: languages(word) for word in words if languages(word)}


def kept_in(files):
    return {path.name: found for path in files if (found := kept_words(path.read_text()))}


def test_kept_words_are_found():
    text = "wire [3:0] Buffer = 4'hb; // signal\nlogic s_signal; $display(\"bus\"); assign potential = `MAP;\n"
    assert kept_words(text) == {"Buffer": ["VHDL"], "logic": ["SystemVerilog"], "potential": ["Verilog-AMS"]}
    assert (len(KEYWORDS), len(KEYWORDS | SYSTEMVERILOG), len(VHDL)) == (124, 248, 115)  # as the standards count


def test_the_default_design_and_the_top_of_boards_have_none():
    files = [*(ROOT / "hdl").glob("*.v"), *(ROOT / "scripts" / "synthesis").glob("*.v")]
    assert len(files) > 30 and kept_in(files) == {}


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.thorough if name == "processor" else
                                               pytest.mark.long) for name in DESIGNS])
def test_small_designs_have_none(name, network_designs, tmp_path):
    """Nor is there a name of a design that makes one of the name of a module."""
    design = DESIGNS[name]
    folder = (design.write(tmp_path) if isinstance(design, SmallProcessor) else
              network_designs(design.network(), design.configuration, design.top) / "verilog")
    files = list(folder.glob("*.v"))
    assert len(files) > 10 and kept_in(files) == {}
    words = KEYWORDS | SYSTEMVERILOG | VERILOG_AMS | VHDL
    assert [word for word in words for path in files if word.endswith(f"_{path.stem}")] == []
