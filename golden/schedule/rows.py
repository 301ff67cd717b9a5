"""The schedule of a convolution that works on a row of its kernel in a cycle: which positions it visits or tests, and
what it empties, in which cycle.

As in visits.py, whose queue, spikes that wait and vectors are the same, potentials are computed on the way.
"""

from numba import njit

from first_spike.golden.contract.limits import CANDIDATES_AHEAD, ROW_SETTLE, ROW_WORD_DISTANCE, WINDOW_DISTANCE
from first_spike.golden.schedule.maps import (
    CHOSEN,
    MARK,
    NONE,
    NOTHING,
    PROPOSED,
    ROW_LEAVING,
    ROW_PUSHED,
    TEST,
    VISIT,
    WAITING,
)
from first_spike.golden.schedule.visits import drop, first_of_next, move_queue, new_vector, reach, wait


@njit(cache=True, nogil=True)
def show_rows(now, tokens, hold):
    """Whether the stages that wait move on."""
    waiting = tokens[WAITING]
    clash = hold and (waiting.kind == TEST or waiting.kind == MARK)
    if waiting.kind == VISIT or waiting.kind == TEST:
        for distance in range(1, ROW_WORD_DISTANCE + 1):
            other = tokens[WAITING + distance]
            clash = clash or ((other.kind == VISIT or other.kind == TEST) and other.y == waiting.y
                              and other.fold == waiting.fold and (other.mask & waiting.mask) != 0)
        ahead = tokens[WAITING + 1]
        handed = waiting.kind == TEST and ahead.kind == TEST and ahead.word == waiting.word
        if not handed and not now.sums:  # of a sum pool a word is one of potentials, too
            for distance in range(1, WINDOW_DISTANCE + 1):
                other = tokens[WAITING + distance]
                clash = clash or (other.kind == TEST and (waiting.kind == VISIT or other.word == waiting.word))
    now.advance = not clash


@njit(cache=True, nogil=True)
def move_rows(k, maps, bursts, lists, valid, spike, last, end, step, flush):
    """One cycle of layer k; arguments as of visits.move_map."""
    now, tokens = maps.now[k], maps.tokens[k]
    chosen, waiting = tokens[CHOSEN], tokens[WAITING]
    has_head, idle = now.front > 0, now.in_memory == 0 and now.room == CANDIDATES_AHEAD
    over, take, tests, pop, bank = False, False, False, False, 0
    under_way = now.visiting
    for stage in range(ROW_LEAVING + 1):
        under_way = under_way or tokens[stage].kind == VISIT
    leaving = tokens[ROW_PUSHED]
    push, pushed, pushed_mask = leaving.kind == VISIT and leaving.candidates > 0, place_of(leaving), leaving.candidates
    at_end = now.count == 0 and now.fold == now.folds - 1
    free = not now.advance or waiting.kind == NOTHING
    if now.advance:
        take = (now.age == 3 and not now.urgent and not now.closing
                and (not now.visiting or (at_end and not now.last)))
        tests = now.closing and has_head
        over = now.closing and now.quiet and idle
        if tests:
            left = maps.masks[k, now.first] & ~now.tested
            bank = left & -left
            pop = left == bank
    if not flush:
        empty(now, free)
    shift_rows(k, maps, bursts, lists)
    if now.advance:
        chosen.kind, chosen.step, chosen.end = NOTHING, now.step, now.end
        if now.visiting:
            chosen.kind, chosen.y, chosen.x, chosen.fold = VISIT, now.y, now.x, now.fold
            chosen.mask, chosen.input = now.mask, now.input
        elif tests:
            place_at(chosen, maps.candidates[k, now.first])
            chosen.kind, chosen.mask = TEST, bank
            chosen.word = window_of(now, chosen, column_of(now, chosen.x, bank)) << now.window_bits
            now.tested = 0 if pop else now.tested | bank
        elif over:
            chosen.kind = MARK
    now.quiet = not under_way
    if take:
        take_rows(now)
    elif now.advance and now.visiting:
        if at_end:
            now.visiting, now.closing = False, now.last
        else:
            count_rows(now)
    elif over:
        now.closing = False
    move_queue(k, maps, push, pushed, pop)
    if push:
        maps.masks[k, (now.first + now.queued - 1) % now.words] = pushed_mask
    wait(now, valid, spike, last, end, step, take)
    if flush:
        drop(k, maps)
        now.tested = 0
        begin(now)


@njit(cache=True, nogil=True)
def place_of(token):
    """Row, last column and fold of a token as one number."""
    return (token.y << 40) + (token.x << 16) + token.fold


@njit(cache=True, nogil=True)
def place_at(token, place):
    """The same back."""
    token.y, token.x, token.fold = place >> 40, (place >> 16) & 0xFFFFFF, place & 0xFFFF


@njit(cache=True, nogil=True)
def column_of(now, last, bank):
    """The column of a visit in the bank of the mask `bank`; last: the last column that its kernel could reach."""
    number = 0
    while 1 << number < bank:
        number += 1
    return last - (last - number) % now.banks


@njit(cache=True, nogil=True)
def window_of(now, token, x):
    """The number of the window and fold of a column in the row of a token."""
    return (token.y // now.pool_y * now.windows_x + x // now.pool_x) * now.folds + token.fold


@njit(cache=True, nogil=True)
def shift_rows(k, maps, bursts, lists):
    """One stage further; positions are worked on when they are issued, since those ahead are as good as done."""
    now, tokens = maps.now[k], maps.tokens[k]
    for stage in range(ROW_PUSHED, WAITING + 1, -1):
        tokens[stage] = tokens[stage - 1]
    if now.advance:
        tokens[WAITING + 1] = tokens[WAITING]
        tokens[WAITING] = tokens[PROPOSED]
        tokens[PROPOSED] = tokens[CHOSEN]
        work_on_row(k, maps, bursts, lists, tokens[WAITING + 1])
    else:
        tokens[WAITING + 1].kind = NOTHING


@njit(cache=True, nogil=True)
def work_on_row(k, maps, bursts, lists, token):
    """What becomes of positions that are visited, or of one that is tested."""
    now = maps.now[k]
    token.vector, token.candidates = NONE, 0
    if token.kind == MARK:
        token.vector = new_vector(now, bursts, lists, token, 0)
        bursts[token.vector].closes = True
    elif token.kind == VISIT or token.kind == TEST:
        place, bank, visits = token.input // now.channels_in, 1, token.kind == VISIT
        while bank <= token.mask:
            if token.mask & bank:
                x = column_of(now, token.x, bank)
                window = window_of(now, token, x)
                word = (window << now.window_bits) + token.y % now.pool_y * now.pool_x + x % now.pool_x
                row = 0
                if visits:
                    i = place // now.columns + now.padding_y - token.y * now.stride_y
                    j = place % now.columns + now.padding_x - x * now.stride_x
                    row = ((i * now.kernel_x + j) * now.channels_in + token.input % now.channels_in) * now.channels
                fires = work_on_position(k, maps, bursts, lists, token, word, row)
                if visits:
                    if fires > 0 and not maps.is_queued[k, word]:
                        maps.is_queued[k, word] = True
                        token.candidates |= bank
                else:
                    maps.is_queued[k, word] = False
                    if fires > 0:
                        token.vector = new_vector(now, bursts, lists, token, fires)
            bank <<= 1


@njit(cache=True, nogil=True)
def work_on_position(k, maps, bursts, lists, token, word, row):
    """How many channels of a word are above their threshold and new in their window; row: where its weights begin."""
    now = maps.now[k]
    window, first, fires = (word >> now.pool_bits) * now.lanes, word * now.lanes, 0
    for lane in range(now.lanes):
        channel = token.fold * now.lanes + lane
        if channel >= now.channels:
            break
        if token.kind == VISIT:
            maps.potentials[k, first + lane] += maps.weights[k, row + channel]
        if maps.potentials[k, first + lane] > maps.thresholds[k, channel] and not maps.pool[k, window + lane]:
            if token.kind == TEST:
                maps.pool[k, window + lane] = True
                lists[first_of_next(now, bursts) + fires] = lane
            fires += 1
    return fires


@njit(cache=True, nogil=True)
def count_rows(now):
    """Folds within rows, from the last row on to the first."""
    now.fold += 1
    if now.fold == now.folds:
        now.fold = 0
        now.count -= 1
        now.y = now.y_first if now.y == now.y_last else now.y + 1


@njit(cache=True, nogil=True)
def take_rows(now):
    """The spike that waits is visited from now on: rows of the positions whose kernel reaches it, in the order of
    their number modulo `slots`."""
    now.last, now.end, now.step, now.input, now.fold = now.next_last, now.next_end, now.next_step, now.next_input, 0
    place = now.input // now.channels_in
    y, x = place // now.columns + now.padding_y, place % now.columns + now.padding_x
    now.y_first, now.y_last = reach(y, now.kernel_y, now.stride_y, now.positions_y)
    x_first, x_last = reach(x, now.kernel_x, now.stride_x, now.positions_x)
    now.x, now.mask = x // now.stride_x, 0
    for column in range(x_first, x_last + 1):
        now.mask |= 1 << column % now.banks
    begun = -(-now.y_first // now.slots) * now.slots
    now.y = begun if begun <= now.y_last else now.y_first
    now.count = now.y_last - now.y_first
    now.visiting = now.input >= 0 and now.y_first <= now.y_last and x_first <= x_last
    now.closing = now.last and not now.visiting


@njit(cache=True, nogil=True)
def empty(now, free):
    """Words are emptied where nothing else is issued: those of this image, then those of the next."""
    if free and now.left > 0:
        now.left -= 1
        if now.left == 0 and now.urgent:
            now.urgent, now.left = False, now.scrubbed + ROW_SETTLE


@njit(cache=True, nogil=True)
def begin(now):
    """A new image begins, with the other half of the words."""
    continues = now.left > 0 and not now.urgent
    now.urgent = now.left > 0
    now.left = now.left + ROW_SETTLE if continues else now.scrubbed + ROW_SETTLE
