"""No identifier of generated Verilog is a word that Verilog, SystemVerilog, Verilog-AMS or VHDL keeps for itself."""

import re

import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.files import ROOT
from first_spike.rtl_model.delivery.names import KEYWORDS
from tb.scenarios.small_designs import TRIED_DESIGNS, SmallDesign, SmallProcessor, loadable

SERIAL = SmallDesign(loadable, Configuration((2,), 1, 1, weights="loadable", weight_memory="spram"),
                     "accelerator_serial")
DESIGNS = {**TRIED_DESIGNS, "serial, SPRAM": SERIAL}
NO_IDENTIFIERS = re.compile(r"""//[^\n]* | "[^"\n]*" | [`$]\w+ | \d*'[bdh]\w+""", re.VERBOSE)


SYSTEMVERILOG = frozenset("""
    accept_on alias always_comb always_ff always_latch assert assume before bind bins binsof bit break byte chandle
    checker class clocking const constraint context continue cover covergroup coverpoint cross dist do endchecker
    endclass endclocking endgroup endinterface endpackage endprogram endproperty endsequence enum eventually expect
    export extends extern final first_match foreach forkjoin global iff ignore_bins illegal_bins implements implies
    import inside int interconnect interface intersect join_any join_none let local logic longint matches modport
    nettype new nexttime null package packed priority program property protected pure rand randc randcase
    randsequence ref reject_on restrict return s_always s_eventually s_nexttime s_until s_until_with sequence
    shortint shortreal soft solve static string strong struct super sync_accept_on sync_reject_on tagged this
    throughout timeprecision timeunit type typedef union unique unique0 until until_with untyped var virtual void
    wait_order weak wildcard with within
""".split())  # of IEEE 1800-2017, beside those of Verilog

VERILOG_AMS = frozenset("""
    above abs absdelay absdelta abstol ac_stim access acos acosh aliasparam analog analysis asin asinh assert atan
    atan2 atanh branch ceil connect connectmodule connectrules continuous cos cosh cross ddt ddt_nature ddx
    discipline discrete domain driver_update endconnectrules enddiscipline endnature endparamset exclude exp
    final_step flicker_noise floor flow from ground hypot idt idt_nature idtmod inf initial_step laplace_nd
    laplace_np laplace_zd laplace_zp last_crossing limexp ln log max merged min nature net_resolution noise_table
    noise_table_log paramset potential pow resolveto sin sinh slew split sqrt string tan tanh timer transition units
    white_noise wreal zi_nd zi_np zi_zd zi_zp
""".split())  # of Verilog-AMS 2.4, beside those of Verilog

VHDL = frozenset("""
    abs access after alias all and architecture array assert assume assume_guarantee attribute begin block body
    buffer bus case component configuration constant context cover default disconnect downto else elsif end entity
    exit fairness file for force function generate generic group guarded if impure in inertial inout is label
    library linkage literal loop map mod nand new next nor not null of on open or others out package parameter port
    postponed procedure process property protected pure range record register reject release rem report restrict
    restrict_guarantee return rol ror select sequence severity shared signal sla sll sra srl strong subtype then to
    transport type unaffected units until use variable vmode vprop vunit wait when while with xnor xor
""".split())  # of IEEE 1076-2008, in which capitals do not count


def languages(word):
    """The languages beside Verilog that keep an identifier for themselves."""
    kept = {"SystemVerilog": word in SYSTEMVERILOG, "Verilog-AMS": word in VERILOG_AMS, "VHDL": word.lower() in VHDL}
    return [language for language in kept if kept[language]]


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
