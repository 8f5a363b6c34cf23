"""Every way in which a GIF can hold a picture, still or moving."""

import io

import numpy as np
from PIL import Image

import scenes
from gif_file import DEFER, Frame, gif
from png_truth import indexed
from thumbnails import Ask, mean_error

# Shrunk, but with hardly more colours than the 256 of a thumbnail: one pixel of a tile may be opaque and not there
# at all.
FEW_COLORS = 0.7
# Shrunk, with thousands of colours that are fitted to 256.
MANY_COLORS = 1.2
# Several such pictures that share 256 colours.
SHARED_COLORS = 2.0
# Not shrunk: no colour is lost.
EXACT = 0.4
STILL = Ask(extra={"frames": "first"})


def add(book):
    colors(book)
    coding(book)
    placed(book)
    moving(book)
    timing(book)
    first_frames(book)
    damaged(book)


def save(book, name, file, truth, note, tolerance=FEW_COLORS, ask=None, check=True):
    if check:
        seen = np.asarray(Image.open(io.BytesIO(file)).convert("RGBA"), float)
        assert mean_error(seen, truth) < 0.01, (name, mean_error(seen, truth))
    book.picture("gif", name, file, truth, tolerance, note, ask)


def colors(book):
    for count in (2, 3, 4, 7, 16, 31, 64, 128, 200, 256):
        numbers, table = indexed(scenes.photo(140, 105), count)
        tolerance = FEW_COLORS if count <= 16 else MANY_COLORS
        save(book, f"colors-{count}", gif(140, 105, [Frame(numbers)], table), table[numbers], f"{count} colours", tolerance)
        small, table = indexed(scenes.photo(48, 37), count)
        file = gif(48, 37, [Frame(small, palette=table)])
        save(book, f"colors-{count}-local", file, table[small], f"{count} colours of its own, not shrunk", EXACT)
    one = np.zeros((30, 40), int)
    save(book, "colors-1", gif(40, 30, [Frame(one)], [[10, 200, 90]]), one[..., None] + [10, 200, 90], "one colour", EXACT)
    numbers, table = indexed(scenes.flat(90, 70), 8)
    truth = np.dstack([table[numbers], np.where(numbers == numbers[0, 0], 0, 255)])
    file = gif(90, 70, [Frame(numbers, transparent=int(numbers[0, 0]))], table)
    save(book, "transparent", file, truth, "one colour lets shine through", EXACT)
    wide, table = indexed(scenes.flat(300, 220), 8)
    truth = np.dstack([table[wide], np.where(wide == wide[0, 0], 0, 255)])
    file = gif(300, 220, [Frame(wide, transparent=int(wide[0, 0]))], table)
    save(book, "transparent-shrunk", file, truth, "the edge of what shines through, shrunk")
    old = gif(90, 70, [Frame(numbers)], table, version=b"GIF87a")
    save(book, "version-87", old, table[numbers], "GIF87a", EXACT)
    beyond = Frame(numbers % 8, palette=table, code_bits=8, transparent=200)
    save(book, "transparent-beyond", gif(90, 70, [beyond]), table[numbers], "a transparent number that is not in use", EXACT)


def coding(book):
    numbers, table = indexed(scenes.photo(150, 120), 256)
    noise = np.random.default_rng(3).integers(0, 256, (110, 120))
    grey = np.repeat(np.arange(256)[:, None], 3, axis=1)
    variants = {
        "interlaced": dict(interlaced=True), "deferred": dict(when_full=DEFER), "blocks-of-1": dict(block=1),
        "blocks-of-7": dict(block=7), "clear-often": dict(clear_every=50), "clear-not-first": dict(clear_first=False),
        "deferred-interlaced": dict(when_full=DEFER, interlaced=True),
    }
    for name, how in variants.items():
        file = gif(150, 120, [Frame(numbers, **how)], table)
        save(book, f"coding-{name}", file, table[numbers], name.replace("-", " "), MANY_COLORS, check=name != "clear-not-first")
    for when_full in ("clear", DEFER):
        file = gif(120, 110, [Frame(noise, when_full=when_full)], grey)
        save(book, f"coding-noise-{when_full}", file, grey[noise], "noise fills the table of codes", MANY_COLORS)
    without_end = gif(150, 120, [Frame(numbers, end_code=False)], table)
    save(book, "coding-end-missing", without_end, table[numbers], "no code for the end", MANY_COLORS)
    flat, few = indexed(scenes.flat(60, 44), 4)
    for bits in (2, 3, 5, 8):
        file = gif(60, 44, [Frame(flat, code_bits=bits)], few)
        save(book, f"coding-{bits}-bits", file, few[flat], "codes of more bits than the colours need", EXACT)
    two = flat % 2
    file = gif(60, 44, [Frame(two, code_bits=1)], few[:2])
    book.either("gif", "coding-1-bit", file, (60, 44), "codes that start at one bit", few[two].astype(float), EXACT)
    for height in (1, 2, 3, 4, 5, 8, 9):
        part = flat[:height]
        file = gif(60, height, [Frame(part, interlaced=True)], few)
        save(book, f"interlaced-{height}-rows", file, few[part], "passes that are empty", EXACT)


def placed(book):
    numbers, table = indexed(scenes.flat(60, 40), 8)
    for name, left, top in (("inside", 30, 25), ("right-and-below", 80, 60), ("corner", 119, 89), ("outside", 130, 100)):
        # The canvas grows until it has room for the first frame, as Pillow and libvips do it.
        canvas = np.zeros((max(90, top + 40), max(120, left + 60), 4), int)
        canvas[top : top + 40, left : left + 60] = opaque(table[numbers])
        file = gif(120, 90, [Frame(numbers, left, top)], table, background=3)
        # What no frame covers is transparent, whatever the file calls its background.
        save(book, f"placed-{name}", file, canvas, f"a frame {name.replace('-', ' ')}", FEW_COLORS, check=False)
    wide = gif(20, 15, [Frame(numbers)], table)
    book.either("gif", "canvas-too-small", wide, None, "a frame larger than the canvas")
    book.either("gif", "canvas-of-0", gif(0, 0, [Frame(numbers)], table), None, "a canvas without a size")


def opaque(picture):
    return np.dstack([picture, np.full(picture.shape[:2], 255)])


def played(width, height, frames, palette):
    """What is to be seen after each frame, as browsers play it: on nothing at first, and clearing leaves nothing."""
    canvas = np.zeros((height, width, 4), int)
    shown = []
    for frame in frames:
        before = canvas.copy()
        rows, columns = slice(frame.top, frame.top + frame.numbers.shape[0]), slice(frame.left, frame.left + frame.numbers.shape[1])
        part = canvas[rows, columns]
        numbers = frame.numbers[: part.shape[0], : part.shape[1]]
        table = np.asarray(palette if frame.palette is None else frame.palette)
        drawn = numbers != frame.transparent if frame.transparent is not None else np.ones_like(numbers, bool)
        part[drawn] = opaque(table[numbers])[drawn]
        shown.append(canvas.copy())
        if frame.disposal == 2:
            canvas[rows, columns] = 0
        elif frame.disposal == 3:
            canvas = before
    return shown


def movie(book, name, width, height, frames, palette, note, repeats=0, tolerance=FEW_COLORS, check=True, delays=None, **how):
    file = gif(width, height, frames, palette, repeats=repeats, **how)
    shown = played(width, height, frames, palette)
    if check:
        for number, frame in enumerate(shown):
            image = Image.open(io.BytesIO(file))
            image.seek(number)
            error = mean_error(np.asarray(image.convert("RGBA"), float), frame)
            assert error < 0.01, (name, number, error)
    delays = delays or [as_browsers(frame.delay or 0) for frame in frames]
    loops = {None: "once", 0: "ever"}.get(repeats, repeats)
    book.movie("gif", name, file, shown, delays, loops, tolerance, note)
    return file, shown


def as_browsers(hundredths):
    """A delay of nothing, or next to nothing, is a tenth of a second."""
    return 100 if hundredths < 2 else hundredths * 10


def moving(book):
    width, height = 130, 90
    base, table = indexed(scenes.flat(width, height), 8)
    table = np.concatenate([table[:6], [[255, 255, 255], [0, 0, 0]]])
    patch = np.full((30, 40), 6)
    patch[8:22, 10:30] = 7
    at = lambda number, disposal, **how: Frame(patch, 10 + 30 * number, 5 + 20 * number, 8 + number, disposal, **how)
    for first in range(4):
        for second in range(4):
            frames = [Frame(base, delay=7, disposal=first), at(0, second), at(1, 1), at(2, 0)]
            # Pillow fills with the background where browsers leave nothing, and has nothing before the first frame.
            movie(book, f"disposal-{first}-{second}", width, height, frames, table, f"disposal {first}, then {second}", check=first < 2 and second != 2)
    for disposal in range(4):
        frames = [Frame(base, delay=7, disposal=1)] + [at(number, disposal, transparent=7) for number in range(3)]
        movie(book, f"disposal-{disposal}-transparent", width, height, frames, table, f"disposal {disposal} with holes", check=disposal != 2)
    holes = [Frame(base, delay=9, disposal=2, transparent=int(base[0, 0])), at(1, 2, transparent=6), at(2, 3)]
    movie(book, "disposal-on-nothing", width, height, holes, table, "holes down to nothing", check=False)
    local = [Frame(base, delay=10)]
    for number in range(3):
        own = np.roll(table, number + 1, axis=0)
        local.append(Frame(patch, 20 * number, 15 * number, 10, 1, palette=own))
    movie(book, "local-palettes", width, height, local, table, "each frame has its own colours")
    photos = []
    for number in range(4):
        numbers, own = indexed(scenes.photo(150, 110, seed=20 + number), 128)
        photos.append(Frame(numbers, delay=12, palette=own, interlaced=number % 2 == 1))
    movie(book, "photos", 150, 110, photos, None, "whole frames of many colours, some interlaced", tolerance=SHARED_COLORS)
    outside = [Frame(base, delay=5), Frame(patch, 110, 75, 5), Frame(patch, 100, 10, 5, 2), Frame(patch, 10, 10, 5)]
    movie(book, "frames-beyond", width, height, outside, table, "frames that stand out of the canvas", check=False)
    small = [Frame(patch, 5, 5, 5, disposal, palette=table) for disposal in (0, 2, 1)]
    movie(book, "canvas-uncovered", 80, 60, small, None, "frames that do not cover the canvas", check=False)


def timing(book):
    base, table = indexed(scenes.flat(70, 50), 8)
    shifted = [np.roll(base, 9 * number, axis=1) for number in range(6)]
    still = lambda delays: [Frame(numbers, delay=delay) for numbers, delay in zip(shifted, delays)]
    movie(book, "delays-short", 70, 50, still([0, 1, 2, 3]), table, "no delay, and next to none", tolerance=EXACT)
    movie(book, "delays-none-said", 70, 50, still([None, None, None]), table, "no delay is said", tolerance=EXACT)
    movie(book, "delays-long", 70, 50, still([100, 6_000, 65_535]), table, "up to eleven minutes", tolerance=EXACT)
    for repeats in (None, 0, 1, 7, 65_535):
        name = "once" if repeats is None else repeats
        movie(book, f"loops-{name}", 70, 50, still([9, 9]), table, "how often it is repeated", repeats, tolerance=EXACT)
    comment = b"!\xfe\x05hello\0" + b"!\xff\x0bXMP DataXMP\x03abc\0" + b"!\x01\x0c" + bytes(12) + b"\0"
    movie(book, "blocks-unknown", 70, 50, still([9, 9]), table, "a comment, an unknown application, plain text", tolerance=EXACT, extra=comment, check=False)
    file, shown = movie(book, "many", 70, 50, still([9] * 6) * 10, table, "sixty frames", tolerance=EXACT)
    save(book, "many", file, shown[0], "a still when one is asked for", EXACT, STILL)


def first_frames(book):
    base, table = indexed(scenes.flat(70, 50), 8)
    nothing = np.zeros((50, 70), int)
    empty = lambda **how: Frame(nothing, delay=10, transparent=0, **how)
    dot = Frame(np.zeros((1, 1), int), delay=10, transparent=0)
    frames = [empty(), empty(disposal=2), Frame(base, delay=10, disposal=1)]
    file = gif(70, 50, frames, table, repeats=0)
    truth = opaque(table[base])
    save(book, "first-empty", file, truth, "a still shows the first frame with something on it", EXACT, STILL, check=False)
    file = gif(70, 50, [dot, Frame(base, delay=10)], table, repeats=0)
    save(book, "first-empty-dot", file, truth, "the first frame is a dot of nothing", EXACT, STILL, check=False)
    file = gif(70, 50, [empty(), empty()], table, repeats=0)
    book.either("gif", "all-empty", file, (70, 50), "nothing is ever to be seen")
    file = gif(70, 50, [Frame(base), Frame(nothing, delay=3)], table)
    save(book, "first-of-two", file, truth, "a still shows the first frame", EXACT, STILL)


def damaged(book):
    numbers, table = indexed(scenes.photo(150, 120), 256)
    file = gif(150, 120, [Frame(numbers)], table)
    for percent in (40, 70, 95):
        book.either("gif", f"cut-{percent}", file[: len(file) * percent // 100], (150, 120), f"cut at {percent} %")
    save(book, "trailer-missing", file[:-1], table[numbers], "no trailer", MANY_COLORS)
    save(book, "bytes-behind", file + b"what follows the end", table[numbers], "bytes behind the trailer", MANY_COLORS)
    base, few = indexed(scenes.flat(70, 50), 8)
    frames = [Frame(np.roll(base, 9 * number, axis=1), delay=9) for number in range(4)]
    whole = gif(70, 50, frames, few, repeats=0)
    cut = whole[: whole.rindex(b"!\xf9") + 30]
    book.either("gif", "cut-in-fourth", cut, (70, 50), "cut in the fourth frame")
    at = file.index(b",") + 12
    book.either("gif", "codes-wrong", file[: at + 300] + b"\xff" * 40 + file[at + 340 :], (150, 120), "codes that are not there yet")
    few_pixels = gif(150, 120, [Frame(numbers[:50])], table)
    short = few_pixels.replace(b",\0\0\0\0\x96\0\x32\0", b",\0\0\0\0\x96\0\x78\0")
    assert short != few_pixels
    book.either("gif", "rows-missing", short, (150, 120), "codes for fewer rows than there are")
    beyond = gif(70, 50, [Frame(base, code_bits=8)], few[:4])
    book.either("gif", "colors-beyond", beyond, (70, 50), "numbers beyond the palette")
    book.either("gif", "palette-missing", gif(70, 50, [Frame(base, code_bits=3)]), (70, 50), "no palette at all")
    for name, body in (("header-alone", file[:13]), ("palette-cut", file[:100]), ("no-frames", gif(70, 50, [], few)),
                       ("signature-alone", b"GIF89a"), ("rubbish", b"GIF89a" + b"rubbish!" * 40)):
        # Whether a file without a frame is no valid one or no picture is a matter of words.
        book.refused("gif", f"bad-{name}", body, "refused", "no picture")
