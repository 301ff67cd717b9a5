"""The schedule of the spike encoder: loader, step scheduler and banks."""

from numba import njit

from first_spike.golden.schedule.first_step import look_at_ways, move_first_step
from first_spike.golden.schedule.maps import registers

# The transfer that is chosen and the one that is sent to layer 0; then the step scheduler; then the loader: `image` is
# the one in hand, `drained` the latest one whose lists were taken up, `loading` the one that arrives.
ENCODER = registers("chosen_step sent_step chosen_input sent_input image drained step steps_left row loading inserted "
                    "taken",
                    "chosen chosen_last chosen_end sent sent_last sent_end has_waiting draining fresh go opening "
                    "fetching opened blocked has_next step_is_open ready final complete freed swept")
BANK = registers("left pixel", "ready addressing arriving granted")


@njit(cache=True, nogil=True)
def reset_encoder(now):
    now.drained = now.inserted = -1
    now.ready = now.fresh = True


@njit(cache=True, nogil=True)
def move_encoder(now, banks, turn, lists, first, queue, times, shape, accept, decide, flush, space):
    """One cycle of it: `accept` of what is sent, `space` for one more result.

    banks: BANK records. turn: bool [ways], whether the upper half is next. lists: int64 [steps, banks], the spikes of
    the image that is drained, times [images, inputs]: when all are. first: FIRST_WAY records, queue: theirs.
    """
    advance = not now.sent or accept
    some, finishing_first, pixel = look_at_ways(first, shape.beats)
    go, begins = now.go, now.fresh and space and (now.draining or not shape.whole)
    gives, finishing, bank = grant_banks(banks, turn, shape, advance)
    closing_first = go and now.draining and advance and finishing_first
    closing_later = now.step_is_open and advance and finishing
    closing = closing_first or closing_later
    opens_next = closing_later and now.has_next and not flush
    open_step = not now.blocked and ((now.opening and not flush) or opens_next)
    if advance:
        now.sent, now.sent_last, now.sent_end, now.sent_step = (now.chosen, now.chosen_last, now.chosen_end,
                                                                now.chosen_step)
        now.sent_input = now.chosen_input
        now.chosen, now.chosen_step = gives or (go and some) or closing, now.step
        now.chosen_input = pixel if go and some else banks[bank].pixel if gives else -1
        now.chosen_last, now.chosen_end = closing, closing and not now.has_next
    if flush:
        now.sent = now.chosen = False
    drained = times[max(0, now.drained)]
    take = now.has_waiting and not now.draining
    move_banks(banks, drained, advance, flush)
    move_first_step(first, queue, times, shape.banks, shape.beats, go and some and advance, closing_first, now.inserted,
                    now.loading - now.final)
    if open_step:
        open_banks(now, banks, lists, drained)
    now.opening = ((closing_first and now.has_next and not flush)
                   or (now.blocked and ((now.opening and not flush) or opens_next)))
    now.step_is_open = open_step or (now.step_is_open and not closing and not flush)
    now.blocked = open_step or now.fetching or now.opened
    now.fetching, now.opened = open_step, open_step or (now.opened and not advance)
    now.fresh = flush or (now.fresh and not begins)
    now.go = begins or (go and not closing_first)
    if flush:
        now.step = 0
        now.image += 1
    if take:
        take_up(now, lists, times[now.drained + 1])
    elif decide:
        now.draining = False
    move_loader(now, take, shape.beats, len(times), flush)


@njit(cache=True, nogil=True)
def grant_banks(banks, turn, shape, advance):
    """Each way grants a bank; the step closes with its last event. Returns (whether a way has one to give, whether none
    is left for later, the bank of the last way that gives)."""
    way_banks = shape.banks // shape.ways
    gives, finishing, best = False, True, 0
    for way in range(shape.ways):
        first, ready_banks = way * way_banks, 0
        for number in range(first, first + way_banks):
            bank = banks[number]
            bank.granted = False
            ready_banks += bank.ready
            finishing = finishing and not (bank.addressing or bank.arriving) and not (bank.ready and bank.left > 1)
        finishing = finishing and ready_banks <= 1
        if ready_banks == 0:
            turn[way] = True
            continue
        best, upper = choose_bank(banks, first, way_banks, turn[way])
        turn[way] = not upper
        gives, banks[best].granted = True, advance
    return gives, finishing, best


@njit(cache=True, nogil=True)
def choose_bank(banks, first, count, turn):
    """(bank, whether it is of the upper half) that a way of `count` banks from `first` on gives, of which one is
    ready."""
    if count == 1:
        return first, False
    half = count // 2
    lower, upper = choose_in_half(banks, first, half), choose_in_half(banks, first + half, half)
    takes_upper = upper >= 0 and (turn or lower < 0)
    return (upper if takes_upper else lower), takes_upper


@njit(cache=True, nogil=True)
def choose_in_half(banks, first, count):
    """The first bank that is ready and whose list goes on, else the first that is ready, or -1."""
    best = -1
    for number in range(first, first + count):
        if banks[number].ready and (best < 0 or (banks[best].left == 1 and banks[number].left > 1)):
            best = number
    return best


@njit(cache=True, nogil=True)
def move_banks(banks, times, advance, flush):
    for number in range(len(banks)):
        bank = banks[number]
        bank.ready = (bank.ready or bank.arriving) and not bank.granted and not flush
        bank.arriving = bank.addressing and advance and not flush
        bank.addressing = (bank.granted and bank.left > 1 or bank.addressing and not advance) and not flush
        bank.left -= bank.granted
        if bank.granted and bank.left > 0:
            bank.pixel = pixel_before(times, bank.pixel, times[bank.pixel], len(banks))


@njit(cache=True, nogil=True)
def open_banks(now, banks, lists, times):
    """The next step with spikes opens: its lists become those of the banks."""
    now.step += 1
    while not lists[now.step].any():
        now.step += 1
    for number in range(len(banks)):
        left = lists[now.step, number]
        banks[number].left, banks[number].ready = left, left > 0
        if left > 0:  # the last of them comes first
            after = number + -(-(len(times) - number) // len(banks)) * len(banks)
            banks[number].pixel = pixel_before(times, after, now.step, len(banks))
    now.steps_left -= 1
    now.has_next = now.steps_left > 0


@njit(cache=True, nogil=True)
def pixel_before(times, pixel, step, banks):
    """The last one before `pixel` of the same bank that spikes in `step`; there is one."""
    pixel -= banks
    while times[pixel] != step:
        pixel -= banks
    return pixel


@njit(cache=True, nogil=True)
def take_up(now, lists, times):
    """The lists of the image that is complete, of which `times` [inputs] are the spikes, are drained from now on."""
    now.drained += 1
    now.draining = True
    banks = lists.shape[1]
    lists[:] = 0
    for pixel in range(len(times)):
        if 0 < times[pixel] < len(lists):
            lists[times[pixel], pixel % banks] += 1
    now.steps_left = 0
    for step in range(len(lists)):
        now.steps_left += lists[step].any()
    now.has_next = now.steps_left > 0


@njit(cache=True, nogil=True)
def move_loader(now, taken_up, beats, images, flush):
    """A beat a cycle while a buffer is free. taken_up: an image was taken up in this cycle."""
    now.has_waiting = now.complete or (now.has_waiting and not taken_up)
    now.complete, now.final, now.inserted = now.final, False, -1
    if now.ready and now.loading < images:
        now.inserted = now.row
        now.row += 1
        if now.row == beats:
            now.row, now.final = 0, True
            now.loading += 1
            now.taken += 1
    now.taken -= now.swept
    now.ready, now.swept, now.freed = now.taken < 2, now.freed, flush
