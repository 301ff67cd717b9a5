"""What every bundle of signals declares."""

import pytest
from myhdl import SignalType

from first_spike.rtl_model.encoder.bundles import BeatStream, DrainControl, OpenStep, StepSet, TableSweep
from first_spike.rtl_model.parts.streams import AxiStream, FireStream, ImageControl, SpikeStream

BUNDLES = [SpikeStream(2, 5, 4), FireStream(7, 1, 4), FireStream(7, 3, 4), AxiStream(32), ImageControl(4),
           BeatStream(8, 7, 4), StepSet(4), DrainControl(4), OpenStep(4),
           TableSweep(4)]


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: type(bundle).__name__)
def test_members_are_all_its_signals_and_inward_ones_are_members(bundle):
    signals = {name for name, value in vars(bundle).items() if isinstance(value, SignalType)}
    assert set(bundle.members) == signals and len(bundle.members) == len(signals)
    assert set(bundle.inward) < set(bundle.members)


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: type(bundle).__name__)
def test_every_member_has_a_line(bundle):
    lines = [line.strip() for line in type(bundle).__doc__.split("Members:\n")[1].splitlines()]
    described = [line.split(": ")[0] for line in lines if line]
    for member in bundle.members:
        assert described.count(member) == 1, member


def test_a_part_has_the_same_signals_and_no_others():
    whole = ImageControl()
    part = whole.only("space", "bad_frame")
    assert part.signals() == [("space", whole.space), ("bad_frame", whole.bad_frame)]
    assert part.inward == ("space",) and not hasattr(part, "flush")
    assert len(whole.signals()) == 5 and len(whole.inward) == 4
