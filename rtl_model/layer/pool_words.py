"""Which channels have spiked in which windows of the image, and the number of the image."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.layer.word_memory import word_memory
from first_spike.rtl_model.parts.hierarchy import submodule


@block
def epoch_counter(clk, rst, clear, epoch, former_epoch):
    """Numbers images, over and over again.

    Ports:
        clear: a new image begins
        epoch: its number
        former_epoch: that of the image before
    Outputs: epoch, former_epoch
    """
    most = (1 << len(epoch)) - 1

    @always(clk.posedge)
    def count_images():
        """The number wraps."""
        if rst:
            epoch.next = 0
            former_epoch.next = most
        elif clear:
            epoch.next = epoch + 1
            former_epoch.next = epoch

    return count_images


@block
def pool_words(clk, epoch, early_window, follows, window, writes, tag, exceeds, pool, *, depth, module_of_words):
    """A bit for each channel in each window: it has spiked in this image.

    Ports:
        epoch: number of the image
        early_window: the window that is asked for
        follows: two cycles later: the window is that of the test one cycle ahead, whose outcome is not in memory yet
        window: three cycles later: the window again
        writes: three cycles later: who is above is noted, or the word is emptied
        tag: with `writes`: the image that it is written for; that before empties the word
        exceeds: three cycles later: whose potential is above the threshold
        pool: three cycles later: who has spiked in the window
    Outputs: pool
    Parameters:
        depth: words
    Back-pressure: none. A word is not asked for up to three cycles after another that `writes`, but for `follows`.
    """
    lanes, epoch_bits = len(pool), len(epoch)
    width = lanes + epoch_bits
    written = Signal(intbv(0)[width:])
    found = Signal(intbv(0)[width:])
    noted = Signal(intbv(0)[lanes:])

    memory = submodule("memory", word_memory, module=module_of_words, clk=clk, write=writes, write_address=window,
                       written=written, read_address=early_window, found=found, depth=depth)

    @always_comb
    def note():
        """Who has spiked from now on."""
        noted.next = pool | exceeds

    @always_comb
    def pack():
        """What goes into memory."""
        written.next = concat(tag, noted)

    @always(clk.posedge)
    def take():
        """What another image left is as good as nothing."""
        if follows:
            pool.next = noted
        elif found[width:lanes] == epoch:
            pool.next = found[lanes:]
        else:
            pool.next = 0

    return memory, note, pack, take
