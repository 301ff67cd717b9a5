"""The area model beside yosys, design by design, and what it is held to."""

import numpy as np
from rich import box
from rich.table import Table

MOST_MEDIAN, OUTSIDE = 0.05, 15  # of the errors of LUTs; one design of so many may be outside its bar


def yardstick_table(rows):
    """The rich Table of (name, network, top, what `estimate_area` gives, what `count_cells` gives as its total)."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0, caption_justify="left",
                  caption="* outside of what the model states")
    for name in ("design", "network", "LUT4", "model", "±", "error", "EBR", "model"):
        table.add_column(name, justify="left" if name in ("design", "network") else "right", no_wrap=True)
    for name, network, top, area, total in rows:
        table.add_row(name + top.removeprefix("accelerator").replace("_", ", "), network, f"{total['logic']:,}",
                      f"{area['lut']:,}", f"{area['lut_error']:,}",
                      f"{area['lut'] / total['logic'] - 1:+.1%}{' ' if inside(area, total) else '*'}",
                      str(total["bram"]), str(area["bram"]))
    return table


def inside(area, total):
    """Whether the LUTs of a design are what the model says, give or take what it states."""
    return abs(area["lut"] - total["logic"]) <= area["lut_error"]


def judge(rows):
    """([what is wrong, each a sentence], all in one sentence) of such rows."""
    errors = [abs(area["lut"] / total["logic"] - 1) for *_, area, total in rows]
    outside = sum(not inside(area, total) for *_, area, total in rows)
    differ = sum(area["bram"] != total["bram"] for *_, area, total in rows)
    median, most = float(np.median(errors)), len(rows) // OUTSIDE
    wrong = [sentence for bad, sentence in (
        (median > MOST_MEDIAN, f"the median error of LUTs is {median:.1%}, more than {MOST_MEDIAN:.0%}"),
        (outside > most, f"{outside} designs are outside of what the model states, more than {most}"),
        (differ, f"block RAMs differ in {differ} designs")) if bad]
    blocks = f"differ in {differ}" if differ else "equal in all"
    return wrong, (f"{len(rows)} designs: LUTs {median:.1%} off in the median, {max(errors):.1%} at worst, "
                   f"{len(rows) - outside} inside what the model states; block RAMs {blocks}")
