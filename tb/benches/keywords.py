"""Words that languages keep for themselves, so that no identifier may be one: Verilog is used beside them. Those of
Verilog itself are `KEYWORDS` of rtl_model/delivery/names.py."""

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
