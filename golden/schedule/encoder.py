"""The schedule of the spike encoder: loader, step scheduler and banks."""

from numba import njit

from golden.schedule.registers import registers

# The transfer that is chosen and the one that is sent to layer 0; then the step scheduler; then the loader.
ENCODER = registers("chosen_step sent_step chosen_input sent_input image step steps_left row taken loading",
                    "chosen chosen_last chosen_end sent sent_last sent_end has_waiting draining opening fetching "
                    "opened blocked has_next step_is_open begun gap final complete completed")
BANK = registers("left pixel", "ready addressing arriving granted")


@njit(cache=True, nogil=True)
def reset_encoder(now):
    now.image = now.step = -1
    now.taken = 1


@njit(cache=True, nogil=True)
def move_encoder(now, banks, turn, lists, times, shape, accept, flush, space):
    """One cycle of it, but for taking up an image: `accept` of what is sent, `space` for one more result.

    banks: BANK records. turn: bool [ways], whether the upper half is next. lists: int64 [steps, banks], the spikes of
    the image in hand, times [inputs]: when they are.
    """
    advance = not now.sent or accept
    gives, finishing, bank = grant_banks(banks, turn, shape, advance)
    closing = now.step_is_open and advance and finishing
    opens_next = closing and now.has_next and not flush
    open_step = not now.blocked and ((now.opening and space and not flush) or opens_next)
    if advance:
        now.sent, now.sent_last, now.sent_end, now.sent_step = (now.chosen, now.chosen_last, now.chosen_end,
                                                                now.chosen_step)
        now.sent_input = now.chosen_input
        now.chosen, now.chosen_step = now.step_is_open and (gives or closing), now.step
        now.chosen_input = banks[bank].pixel if gives else -1
        now.chosen_last, now.chosen_end = closing, closing and not now.has_next
    if flush:
        now.sent = now.chosen = False
    move_banks(banks, times, advance, flush)
    if open_step:
        open_banks(now, banks, lists, times)
    now.opening = (now.opening and not flush and (now.blocked or not space)) or (opens_next and now.blocked)
    now.step_is_open = open_step or (now.step_is_open and not closing and not flush)
    now.blocked = open_step or now.fetching or now.opened
    now.fetching, now.opened = open_step, open_step or (now.opened and not advance)


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
    if now.begun:
        now.step += 1
    now.begun = True
    while now.step < len(lists) - 1 and not lists[now.step].any():
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
    """The next image, of which `times` [inputs] are the spikes, is drained from now on."""
    now.image += 1
    now.draining, now.opening, now.begun, now.step = True, True, False, 0
    banks = lists.shape[1]
    lists[:] = 0
    for pixel in range(len(times)):
        if times[pixel] < len(lists):
            lists[times[pixel], pixel % banks] += 1
    now.steps_left = 0
    for step in range(len(lists)):
        now.steps_left += lists[step].any()


@njit(cache=True, nogil=True)
def move_loader(now, started, beats, images, flush):
    """A beat a cycle, then a gap, which waits for a free buffer. started: an image was taken up in this cycle."""
    if now.completed:
        now.has_waiting = True
    elif started:
        now.has_waiting = False
    now.completed, now.complete, now.final = now.complete, now.final, False
    if now.gap:
        if now.taken < 2 and now.loading < images:
            now.gap = False
            now.taken += 1
    else:
        now.row += 1
        if now.row == beats:
            now.row, now.gap, now.final = 0, True, True
            now.loading += 1
    if flush:
        now.taken -= 1
