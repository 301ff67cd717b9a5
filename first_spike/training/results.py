"""The files of a training: NAME.npz, NAME_float.npz, NAME.json and NAME.png, and NAME.checkpoint until it is done."""

import json
from pathlib import Path

from first_spike.command.output_name import file
from first_spike.command.silence import silence, ties
from first_spike.golden.contract.float_network import FloatNetwork
from first_spike.golden.errors import UserError
from first_spike.golden.files import replacing
from first_spike.training.class_report import class_warnings
from first_spike.training.curves import write_curves

NETWORKS = {"integer": ".npz", "float": "_float.npz"}
REPORT, CURVES, CHECKPOINT = ".json", ".png", ".checkpoint"
SUFFIXES = (*NETWORKS.values(), REPORT, CURVES, CHECKPOINT)


def check_leftovers(out, plan, resume, restart):
    """Raise UserError where an earlier training into the same files would be lost, or taken for this one.

    resume, restart: whether to go on from the checkpoint, or to remove it.
    """
    network, checkpoint = file(out, NETWORKS["integer"]), file(out, CHECKPOINT)
    if plan.bits is None and network.exists():
        raise UserError(f"{network} is the integer network of another training: remove it, or choose another --out")
    if restart:
        checkpoint.unlink(missing_ok=True)
    elif checkpoint.exists() and not resume:
        raise UserError(f"{checkpoint} is a training that was stopped: go on from it by --resume, or begin anew by "
                        f"--restart, which removes it")


def write_networks(out, plan, result):
    """Write the networks of a training Result and its report; returns what is to be said of the networks, sentences.

    The report is JSON: `plan`, `images` of each class, `float` and `integer` (figures on the test set), `warnings`,
    `history` per epoch.
    """
    for kind, network in result.networks.items():
        network.save(file(out, NETWORKS[kind]))
    warnings = [sentence for kind, shown in result.shown.items() for sentence in
                (*silence(f"{out.name}, {kind}", shown["silent"], plan.most_silent),
                 *ties(f"{out.name}, {kind}", shown["ties"]))]
    asked = result.shown["float"].get("split", {}).get("train_per_class")
    content = {"plan": plan.as_dict(), "images": result.images, "float": result.shown.get("float"),
               "integer": result.shown.get("integer"), "warnings": class_warnings(result.images, asked) + warnings,
               "history": result.history}
    with replacing(file(out, REPORT)) as report:
        report.write(json.dumps(content, indent=1, allow_nan=False).encode() + b"\n")
    return warnings


def draw(out):
    """Draw the curves of a training from its report, and its kernels; UserError without matplotlib."""
    first = FloatNetwork.load(file(out, NETWORKS["float"])).layers[0]
    write_curves(file(out, CURVES), json.loads(file(out, REPORT).read_text())["history"], Path(out).name, first)
