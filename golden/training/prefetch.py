"""What the next step needs is made on a second thread while the present step runs."""

from concurrent.futures import ThreadPoolExecutor

import numba


class Ahead:
    """Gives make(0), make(1), ... make(count - 1), each made while the one before is in use.

    make: a function of the index whose compiled parts release the GIL. Where numba may use one thread only, everything
    is made when it is asked for.
    """

    def __init__(self, make, count):
        self.make, self.count = make, count
        self.pool = ThreadPoolExecutor(1, initializer=numba.set_num_threads,
                                       initargs=(1,)) if numba.get_num_threads() > 1 else None
        self.waiting = None

    def take(self, index):
        """make(index); what follows it is begun."""
        if self.waiting is not None and self.waiting[0] == index:
            made = self.waiting[1].result()
        else:
            made = self.make(index)
        self.waiting = None
        if self.pool is not None and index + 1 < self.count:
            self.waiting = index + 1, self.pool.submit(self.make, index + 1)
        return made
