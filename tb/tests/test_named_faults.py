"""The faults of a processor that few images or none noticed in a prototype: the scenarios notice each."""

import pytest

from tb.mutation.hierarchy import read_modules
from tb.mutation.switch import IS_ON, NONE, OPTION, write_design
from tb.scenarios.scripted import ScriptedDesign
from tb.scenarios.small_designs import TRIED_DESIGNS

FAULTS = {  # module, code, what stands there instead, where ON says that the fault is there
    "interlock removed": ("position_walker", "interlock_waiting <= interlock_next_waiting",
                          "interlock_waiting <= ON ? 0 : interlock_next_waiting"),
    "interlock one cycle short": ("position_walker", "cycle < 4 - k", "cycle < (ON ? 3 : 4) - k"),
    "step end not waiting for candidates": ("map_sequencer", "rest == 7", "rest == (ON ? 1 : 7)"),
    "step end waiting a cycle less": ("map_sequencer", "? 1 : 7)", "? 1 : ON ? 6 : 7)"),
    "tie across folds ignored": ("layer_sequencer", "result_several || some || !result_lone",
                                 "result_several || !ON && some || !result_lone"),
    "fired flag dropped": ("processor_lane", "exceeds = !fired &&", "exceeds = (ON || !fired) &&"),
    "test of a window just ahead not seen": ("window_judge", "if (follows)", "if (follows && !ON)"),
    "test of a window two cycles ahead not seen": ("window_judge", "<= is_second ||", "<= is_second && !ON ||"),
    "test of a window three cycles ahead not seen": ("window_judge", "|| is_third", "|| is_third && !ON"),
    "test of a window four cycles ahead not seen": ("window_judge", "|| is_fourth", "|| is_fourth && !ON"),
    "older test of a window seen for a newer one": ("window_judge", "if (is_second)", "if (is_second && !ON)"),
}


@pytest.fixture(scope="module")
def play(tmp_path_factory):
    """A function that plays all scenarios on a small processor with the fault of this number."""
    folder, small = tmp_path_factory.mktemp("faults"), TRIED_DESIGNS["processor"]
    made = small.write(folder)
    texts = {f"{name}.v": text for name, text in read_modules(made).items()}
    for number, (module, code, instead) in enumerate(FAULTS.values(), NONE + 1):
        text = texts[f"{module}.v"]
        assert text.count(code) == 1, f"{code} is not in one place of {module}"
        texts[f"{module}.v"] = text.replace(code, instead.replace("ON", IS_ON.format(number)))
    write_design(made, folder / "switched", texts)
    design = ScriptedDesign(None, folder / "switched", folder / "build")
    (folder / "script.txt").write_text(small.script())
    return lambda number: design.play(folder / "script.txt", options=[OPTION.format(number)], timeout=1800)


@pytest.mark.long
def test_without_a_fault_everything_is_right(play):
    right, said = play(NONE)
    assert right, said


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_noticed(play, name):
    right, said = play(NONE + 1 + list(FAULTS).index(name))
    assert not right and "no end" not in said, said
