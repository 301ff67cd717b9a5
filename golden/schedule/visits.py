"""The schedule of a convolution: which word it visits, tests or empties in which cycle.

What a cycle is spent on depends on potentials here, so they are computed on the way, each with its visit: this is a
third computation of a convolution, in the order of the hardware.
"""

from numba import njit

from first_spike.golden.contract.limits import CANDIDATES_AHEAD, WINDOW_DISTANCE, WORD_DISTANCE
from first_spike.golden.schedule.maps import (
    CHOSEN,
    LEAVING,
    MARK,
    NONE,
    NOTHING,
    PROPOSED,
    SCRUB,
    STAGES,
    TEST,
    VISIT,
    WAITING,
)
from first_spike.golden.schedule.serializer import keep_busy


@njit(cache=True, nogil=True)
def show_map(now, tokens, hold):
    """Whether the stages that wait move on."""
    waiting = tokens[WAITING]
    clash = hold and (waiting.kind == TEST or waiting.kind == MARK)
    if waiting.kind == VISIT or waiting.kind == TEST:
        for distance in range(1, WORD_DISTANCE + 1):
            other = tokens[WAITING + distance]
            clash = clash or (VISIT <= other.kind <= SCRUB and other.word == waiting.word)
        window, ahead = waiting.word >> now.pool_bits, tokens[WAITING + 1]
        if ahead.kind != TEST or ahead.word >> now.pool_bits != window:
            for distance in range(1, WINDOW_DISTANCE + 1):
                other = tokens[WAITING + distance]
                clash = clash or (TEST <= other.kind <= SCRUB and other.word >> now.pool_bits == window)
    now.advance = not clash


@njit(cache=True, nogil=True)
def move_map(k, maps, bursts, lists, valid, spike, last, end, step, flush):
    """One cycle of layer k: the sequencer, the stages, the queue of candidates.

    bursts, lists: as in serializer.py, of layer k. valid: a transfer stands in front; spike: the input that it brings,
    NONE where it brings none; last, end, step: as it says.
    """
    now, tokens = maps.now[k], maps.tokens[k]
    chosen = tokens[CHOSEN]
    has_head, idle = now.front > 0, now.in_memory == 0 and now.room == CANDIDATES_AHEAD
    over, scrub, take, pop = False, now.left > 0, False, False
    under_way = now.visiting
    for stage in range(STAGES):
        under_way = under_way or tokens[stage].kind == VISIT
    leaving = tokens[LEAVING]
    push, pushed = leaving.kind == VISIT and leaving.candidate, leaving.word
    at_end = now.y == now.y_last and now.x == now.x_last and now.fold == now.folds - 1
    if now.advance:
        take = (now.age == 3 and not scrub and not now.closing and (not now.visiting or (at_end and not now.last)))
        pop = now.closing and has_head
        over = now.closing and now.quiet and idle
    shift_tokens(k, maps, bursts, lists)
    if now.advance:
        chosen.kind, chosen.step, chosen.end = NOTHING, now.step, now.end
        if scrub:
            chosen.kind, chosen.word = SCRUB, now.pointer
            now.left -= 1
            now.pointer = (now.pointer + 1) % now.words
        elif now.visiting:
            choose_visit(now, chosen)
        elif pop:
            chosen.kind, chosen.word = TEST, maps.candidates[k, now.first]
        elif over:
            chosen.kind = MARK
    now.quiet = not under_way
    if take:
        take_spike(now)
    elif now.advance and now.visiting:
        if at_end:
            now.visiting, now.closing = False, now.last
        else:
            count_on(now)
    elif over:
        now.closing = False
    move_queue(k, maps, push, pushed, pop)
    wait(now, valid, spike, last, end, step, take)
    if flush:
        forget(k, maps)


@njit(cache=True, nogil=True)
def shift_tokens(k, maps, bursts, lists):
    """One stage further; a word is worked on when it is issued, since those ahead of it are as good as done."""
    now, tokens = maps.now[k], maps.tokens[k]
    for stage in range(LEAVING, WAITING + 1, -1):
        tokens[stage] = tokens[stage - 1]
    if now.advance:
        tokens[WAITING + 1] = tokens[WAITING]
        tokens[WAITING] = tokens[PROPOSED]
        tokens[PROPOSED] = tokens[CHOSEN]
        work(k, maps, bursts, lists, tokens[WAITING + 1])
    else:
        tokens[WAITING + 1].kind = NOTHING


@njit(cache=True, nogil=True)
def work(k, maps, bursts, lists, token):
    """What becomes of a word that is visited or tested."""
    now = maps.now[k]
    token.vector, token.candidate = NONE, False
    if token.kind == MARK:
        token.vector = new_vector(now, bursts, lists, token, 0)
        bursts[token.vector].closes = True
    elif token.kind == VISIT or token.kind == TEST:
        window, first = (token.word >> now.pool_bits) * now.lanes, token.word * now.lanes
        fold = (token.word >> now.window_bits) % now.folds
        visits = token.kind == VISIT
        if visits:
            place = token.input // now.channels_in
            i = place // now.columns + now.padding_y - token.y * now.stride_y
            j = place % now.columns + now.padding_x - token.x * now.stride_x
            row = ((i * now.kernel_x + j) * now.channels_in + token.input % now.channels_in) * now.channels
        fires = 0
        for lane in range(now.lanes):
            channel = fold * now.lanes + lane
            if channel >= now.channels:
                break
            if visits:
                maps.potentials[k, first + lane] += maps.weights[k, row + channel]
            if maps.potentials[k, first + lane] > maps.thresholds[k, channel] and not maps.pool[k, window + lane]:
                if not visits:
                    maps.pool[k, window + lane] = True
                    lists[first_of_next(now, bursts) + fires] = lane
                fires += 1
        if visits:
            token.candidate = fires > 0 and not maps.is_queued[k, token.word]
            maps.is_queued[k, token.word] = maps.is_queued[k, token.word] or fires > 0
        else:
            maps.is_queued[k, token.word] = False
            if fires > 0:
                token.vector = new_vector(now, bursts, lists, token, fires)


@njit(cache=True, nogil=True)
def first_of_next(now, bursts):
    """Where the spikes of the next vector begin in the list."""
    return 0 if now.vectors == 0 else bursts[now.vectors - 1].first + bursts[now.vectors - 1].spikes


@njit(cache=True, nogil=True)
def new_vector(now, bursts, lists, token, spikes):
    """The number of a vector of so many spikes, whose lanes stand in the list."""
    first = first_of_next(now, bursts)
    burst = bursts[now.vectors]
    burst.first, burst.spikes, burst.step = first, spikes, token.step
    burst.fold, burst.closes = token.word >> now.window_bits, False
    keep_busy(burst, lists[first:first + spikes], now.lanes, now.out_ways)
    now.vectors += 1
    return now.vectors - 1


@njit(cache=True, nogil=True)
def choose_visit(now, chosen):
    """The position that is visited next, and its word."""
    window = (now.y // now.pool_y * now.windows_x + now.x // now.pool_x) * now.folds + now.fold
    chosen.kind, chosen.y, chosen.x, chosen.fold, chosen.input = VISIT, now.y, now.x, now.fold, now.input
    chosen.word = (window << now.window_bits) + now.y % now.pool_y * now.pool_x + now.x % now.pool_x


@njit(cache=True, nogil=True)
def count_on(now):
    """Folds within columns within rows."""
    now.fold += 1
    if now.fold == now.folds:
        now.fold = 0
        now.x += 1
        if now.x > now.x_last:
            now.x = now.x_first
            now.y += 1


@njit(cache=True, nogil=True)
def take_spike(now):
    """The spike that waits is visited from now on: the positions whose kernel reaches it."""
    now.last, now.end, now.step, now.input, now.fold = now.next_last, now.next_end, now.next_step, now.next_input, 0
    place = now.input // now.channels_in
    y, x = place // now.columns + now.padding_y, place % now.columns + now.padding_x
    now.y, now.y_last = reach(y, now.kernel_y, now.stride_y, now.positions_y)
    now.x, now.x_last = reach(x, now.kernel_x, now.stride_x, now.positions_x)
    now.x_first = now.x
    now.visiting = now.input >= 0 and now.y <= now.y_last and now.x <= now.x_last
    now.closing = now.last and not now.visiting


@njit(cache=True, nogil=True)
def reach(at, kernel, stride, positions):
    """(first, last) of the positions whose kernel reaches `at`, in the padded map before."""
    return max((at - kernel) // stride + 1, 0), min(at // stride, positions - 1)


@njit(cache=True, nogil=True)
def move_queue(k, maps, push, pushed, pop):
    """Candidates go into memory, and some of them stand ready in front."""
    now = maps.now[k]
    fetch = now.in_memory > 0 and now.room > 0
    now.front += int(now.arriving) - int(pop)
    now.arriving, now.reading = now.reading, fetch
    now.in_memory += int(push) - int(fetch)
    now.room += int(pop) - int(fetch)
    if push:
        maps.candidates[k, (now.first + now.queued) % now.words] = pushed
        now.queued += 1
    if pop:
        now.first = (now.first + 1) % now.words
        now.queued -= 1


@njit(cache=True, nogil=True)
def wait(now, valid, spike, last, end, step, take):
    """A spike waits for its positions to be looked up, and then for its turn."""
    if now.waits:
        now.age = min(3, now.age + 1)
    elif valid:
        now.waits, now.age = True, 1
        now.next_input, now.next_last, now.next_end, now.next_step = spike, last, end, step
    if take:
        now.waits, now.age = False, 0


@njit(cache=True, nogil=True)
def forget(k, maps):
    """A new image begins."""
    drop(k, maps)
    maps.now[k].left = maps.now[k].scrubbed


@njit(cache=True, nogil=True)
def drop(k, maps):
    """Whatever was of the image before is gone."""
    now = maps.now[k]
    for stage in range(STAGES):
        maps.tokens[k, stage].kind = NOTHING
    now.waits = now.visiting = now.closing = now.reading = now.arriving = False
    now.age = now.queued = now.first = now.in_memory = now.front = now.vectors = 0
    now.room = CANDIDATES_AHEAD
    maps.potentials[k, :now.words * now.lanes] = 0
    maps.pool[k, :(now.words >> now.pool_bits) * now.lanes] = False
    maps.is_queued[k, :now.words] = False
