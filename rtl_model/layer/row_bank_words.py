"""Words of one bank of columns, and of its copy of the pool, from what travels through the pipeline."""

from myhdl import always_comb, block, concat


@block
def join_window(half, row, column, fold, window, *, folded):
    """The word of the pool of a position; folded: there are folds of channels. Combinational."""
    if folded:

        @always_comb
        def join():
            """As the shape says."""
            window.next = concat(half, row, column, fold)

    else:

        @always_comb
        def join():
            """As the shape says."""
            window.next = concat(half, row, column)

    return join


@block
def bank_word(visit, word, *, bank, shape):
    """The word of a visit in one bank. Combinational."""
    places = shape.place_of
    y_high, y_low = places["y"]
    fold_high, fold_low = places["fold"]
    half = places["half"][1]
    group_low = places["groups"][1] + bank * shape.group_bits
    group_high = group_low + shape.group_bits

    if shape.channel_folds > 1:

        @always_comb
        def join():
            """As the shape says."""
            word.next = concat(visit[half], visit[y_high:y_low], visit[group_high:group_low],
                               visit[fold_high:fold_low])

    else:

        @always_comb
        def join():
            """As the shape says."""
            word.next = concat(visit[half], visit[y_high:y_low], visit[group_high:group_low])

    return join


@block
def bank_enable(leaving, visits, write, *, bank):
    """What becomes of a word of one bank. Combinational."""

    @always_comb
    def choose():
        """Only the banks that have a part."""
        visits.next = leaving.visits and leaving.word[bank]
        write.next = (leaving.visits or leaving.tests or leaving.scrubs) and leaving.word[bank]

    return choose
