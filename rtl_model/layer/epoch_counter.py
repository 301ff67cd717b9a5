"""The number of the image."""

from myhdl import always, block


@block
def epoch_counter(clk, rst, clear, epoch, former_epoch):
    """Numbers images, over and over again.

    Ports:
        clear: a new image begins
        epoch: its number
        former_epoch: that of the image before
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
