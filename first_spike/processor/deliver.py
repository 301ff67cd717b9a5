"""A processor as users get it: its folder of Verilog, whose testbench loads a network and classifies."""

from first_spike.comparison.design_files import vectors
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.processor.folder import generate_processor
from first_spike.processor.simulated import Script
from first_spike.rtl_model.tops import PROCESSOR


def deliver(processor, out, network=None, top=PROCESSOR):
    """Write a processor into a folder, where an older design is replaced.

    Args:
        processor: The Processor.
        out: The folder.
        network: Network that the testbench loads, which the top "processor" has; None for a testbench without vectors.
        top: Its top, such as "processor_axi".

    Returns:
        The Path of the folder.

    Raises:
        UserError: The network does not fit, or the folder holds something else or cannot be written.
    """
    if network is None:
        return generate_processor(processor, out, top=top)
    require_fit(network, processor)
    tried = vectors(network)
    script = Script(processor)
    script.load_network(network)
    script.frames(tried.images)
    script.wait()
    return generate_processor(processor, out, script.lines, [f"{word:08x}" for word in tried.words], top)
