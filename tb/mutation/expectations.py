"""What golden expects of small networks: classes, times, flags, spikes and cycles. Of the small designs these are what
the designs themselves show in compiled code (`make mutants` plays them). In a folder: networks, images and
`expected.json`. To look for a difference takes nothing of the project but the rooms of the contract."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.golden.schedule.cycles import predict


def write_expectations(folder, cases):
    """Write networks, images, and what has to come of them; cases: {name: Case}, quick ones first."""
    expected, folder = [], Path(folder)
    folder.mkdir()
    for number, (name, case) in enumerate(cases.items()):
        case.network.save(folder / f"{number}.npz")
        arrays = asdict(case.images) if isinstance(case.images, Recordings) else {"images": case.images}
        np.savez(folder / f"{number}_images.npz", **arrays)
        given = {"configuration": asdict(case.configuration), "idle": case.idle, "before": case.before,
                 "whole": case.whole}
        whole = infer(case.network, case.images)
        expected.append({"name": name, **given, **_results(whole),
                         "cycles": _cycles(case.network, given, case.images, whole)})
    (folder / "expected.json").write_text(json.dumps(expected))


def differences(folder, cycles, begin):
    """Yields of each case a sentence about what is not as `write_expectations` wrote it, "" if nothing is: of its
    cycles, or of its results and spikes. begin: called with the cycles that the case takes, before each."""
    for number, right in enumerate(json.loads(Path(folder, "expected.json").read_text())):
        network = Network.load(Path(folder, f"{number}.npz"))
        with np.load(Path(folder, f"{number}_images.npz"), allow_pickle=False) as archive:
            images = archive["images"] if "images" in archive else Recordings(**archive)
        begin(right["cycles"][-1])
        whole = infer(network, images)
        found = {"cycles": _cycles(network, right, images, whole)} if cycles else _results(whole)
        wrong = [what for what in found if found[what] != right[what]]
        yield f"{wrong[0]} of {right['name']}" if wrong else ""


def _results(whole):
    found = whole.until_decision()
    return {"results": pack(found.classes, found.decision_time, found.silent, found.tie, found.bad).tolist(),
            "spikes": [times.tolist() for times in whole.spike_times]}


def _cycles(network, given, images, whole):
    configuration = Configuration(**given["configuration"])
    return predict(Design(network, configuration), images, whole, given["idle"], given["before"],
                   given["whole"]).valid.tolist()
