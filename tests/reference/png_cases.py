"""Every way in which a PNG can hold a picture."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

import exif
import png_file
import scenes
from png_file import GREY, GREY_ALPHA, PALETTE, RGB, RGBA, chunk, png
from png_truth import EXACT, NAMES, SHRUNK, TEXT, indexed, samples_of, save
from thumbnails import Ask, mean_error

DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGBA: (8, 16)}


def add(book):
    kinds(book)
    sizes(book)
    filters(book)
    transparent_colors(book)
    orientations(book)
    odd_but_valid(book)
    shapes_and_boxes(book)
    damaged(book)


def kinds(book):
    for color, depths in DEPTHS.items():
        for depth in depths:
            for interlaced in (False, True):
                kind(book, color, depth, interlaced, "small", 45, 31, EXACT)
                kind(book, color, depth, interlaced, "shrunk", 150, 113, SHRUNK)


def kind(book, color, depth, interlaced, size, width, height, tolerance):
    scene = scenes.photo(width, height)
    samples, truth, table = samples_of(scene, scenes.soft_alpha(width, height), color, depth)
    file = png(samples, color, depth, interlaced=interlaced, colors=table)
    way = "interlaced" if interlaced else "rows"
    name = f"kind-{NAMES[color]}-{depth}-{way}-{size}"
    save(book, name, file, truth, tolerance, f"{NAMES[color]}, {depth} bit, {way}")


def sizes(book):
    """At small sizes most passes of Adam7 are empty."""
    for side in range(1, 10):
        for interlaced in (False, True):
            samples = scenes.levels(scenes.photo(side, side + side % 3), 8)
            way = "interlaced" if interlaced else "rows"
            file = png(samples, RGB, 8, interlaced=interlaced)
            save(book, f"size-{side}-{way}", file, samples, EXACT, f"{side} pixels wide, {way}")
    for width, height in ((1, 40), (40, 1), (3, 2)):
        bits = scenes.levels(scenes.luma(scenes.photo(width, height)), 1)
        file = png(bits, GREY, 1, interlaced=True)
        save(book, f"size-{width}x{height}-1bit-interlaced", file, bits * 255, EXACT, "rows that end within a byte")


def filters(book):
    samples = scenes.levels(scenes.photo(140, 110), 8)
    for kind_ in (0, 1, 2, 3, 4, "cycle"):
        file = png(samples, RGB, 8, filters=kind_)
        save(book, f"filter-{kind_}", file, samples, SHRUNK, f"filter {kind_} on every row")
    grey = scenes.levels(scenes.luma(scenes.photo(61, 47)), 4)
    file = png(grey, GREY, 4, filters="cycle")
    save(book, "filter-cycle-4bit", file, grey * 17, EXACT, "all filters on samples of 4 bits")
    deep, truth, _ = samples_of(scenes.photo(60, 50), scenes.soft_alpha(60, 50), RGBA, 16)
    file = png(deep, RGBA, 16, filters="cycle", interlaced=True)
    save(book, "filter-cycle-rgba-16-interlaced", file, truth, EXACT, "all filters on 8 bytes a pixel, in passes")


def transparent_colors(book):
    for depth in (1, 2, 4, 8, 16):
        samples = scenes.levels(scenes.luma(scenes.flat(57, 43)), depth)
        key = int(samples[0, 0])
        truth = np.dstack([samples * 255 / (2**depth - 1), np.where(samples == key, 0, 255)])
        for interlaced in (False, True):
            file = png(samples, GREY, depth, alphas=struct.pack(">H", key), interlaced=interlaced)
            way = "interlaced" if interlaced else "rows"
            # Pillow compares keys of 16 bits after rounding.
            save(book, f"trns-grey-{depth}-{way}", file, truth, EXACT, "one grey is transparent", check=depth == 8)
    for depth in (8, 16):
        samples = scenes.levels(scenes.flat(130, 110), depth)
        key = samples[0, 0]
        truth = np.dstack([samples * 255 / (2**depth - 1), np.where((samples == key).all(axis=-1), 0, 255)])
        file = png(samples, RGB, depth, alphas=struct.pack(">3H", *(int(value) for value in key)))
        save(book, f"trns-rgb-{depth}", file, truth, SHRUNK, "one colour is transparent", check=depth == 8)
    near = np.full((20, 20), 0x1234)
    near[:, 10:] = 0x1235
    truth = np.dstack([near / 257, np.where(near == 0x1234, 0, 255)])
    file = png(near, GREY, 16, alphas=struct.pack(">H", 0x1234))
    save(book, "trns-grey-16-near", file, truth, EXACT, "a key of 16 bits is compared in full", check=False)
    numbers, table = indexed(scenes.photo(130, 97), 64)
    few = [0, 60, 128, 200, 255, 17]
    file = png(numbers, PALETTE, 8, colors=table, alphas=bytes(few))
    alpha = np.array(few + [255] * 58)[numbers]
    save(book, "trns-palette-short", file, np.dstack([table[numbers], alpha]), SHRUNK, "fewer alphas than colours")
    numbers, table = indexed(scenes.photo(50, 40), 16)
    alpha = np.arange(16) * 17
    file = png(numbers, PALETTE, 4, colors=table, alphas=bytes(alpha.tolist()), interlaced=True)
    save(book, "trns-palette-4-interlaced", file, np.dstack([table[numbers], alpha[numbers]]), EXACT, "an alpha each")
    square = np.zeros((240, 240, 4), int)
    square[...] = (0, 0, 255, 0)
    square[53:187, 53:187] = (250, 200, 20, 255)
    save(book, "alpha-fringe", png(square, RGBA, 8), square, SHRUNK, "a hidden colour must not show at the edge")


def orientations(book):
    upright = scenes.levels(scenes.photo(150, 100), 8)
    for orientation in range(1, 9):
        block = chunk("eXIf", exif.tiff(orientation, ">" if orientation % 2 else "<"))
        stored = exif.stored(upright, orientation)
        for where in ("before", "after"):
            file = png(stored, RGB, 8, **{where: [block]})
            check_turned(file, upright)
            save(book, f"exif-{orientation}-{where}", file, upright, SHRUNK, f"eXIf {where} the pixels", check=False)
    small = scenes.levels(scenes.with_alpha(scenes.photo(31, 20), scenes.soft_alpha(31, 20)), 8)
    block = chunk("eXIf", exif.tiff(6, filler=5))
    for interlaced in (False, True):
        file = png(exif.stored(small, 6), RGBA, 8, before=[block], interlaced=interlaced)
        way = "interlaced" if interlaced else "rows"
        save(book, f"exif-6-rgba-{way}", file, small, EXACT, "eXIf with alpha, not shrunk", check=False)
    for name, body in (("empty", b""), ("broken", b"II*\0\xff\xff\xff\xff"), ("of-9", exif.tiff(9)), ("of-0", exif.tiff(0))):
        file = png(upright, RGB, 8, before=[chunk("eXIf", body)])
        save(book, f"exif-{name}", file, upright, SHRUNK, "an eXIf that says nothing", check=False)


def check_turned(file, upright):
    """Pillow turns it the same way."""
    image = Image.open(io.BytesIO(file))
    image.load()
    seen = np.asarray(ImageOps.exif_transpose(image), float)
    assert mean_error(seen, upright) == 0


def odd_but_valid(book):
    samples = scenes.levels(scenes.photo(130, 100), 8)
    variants = {
        "idat-many": dict(pieces=40),
        "idat-of-one-byte": dict(pieces=[1] * 12),
        "idat-empty": dict(pieces=[0, 5, 0, 0, 100, 0]),
        "idat-stored": dict(level=0),
        "chunks-unknown": dict(before=[chunk("prVt", b"private"), chunk("tEXt", b"Title\0A picture")],
                               after=[chunk("zTXt", b"Words\0\0" + zlib.compress(b"words" * 200))]),
        "chunks-known": dict(before=[chunk("pHYs", struct.pack(">IIB", 2835, 1000, 1)), chunk("bKGD", bytes(6)),
                                     chunk("sBIT", b"\5\6\5"), chunk("tIME", bytes((7, 234, 1, 1, 0, 0, 0)))]),
        "palette-suggested": dict(colors=[[1, 2, 3], [200, 100, 50]]),
    }
    for name, how in variants.items():
        if name == "idat-stored":
            small = samples[:60, :80]
            save(book, name, png(small, RGB, 8, **how), small, EXACT, name.replace("-", " "))
        else:
            save(book, name, png(samples, RGB, 8, **how), samples, SHRUNK, name.replace("-", " "))
    after_end = png(samples, RGB, 8) + b"what follows the end"
    save(book, "bytes-behind", after_end, samples, SHRUNK, "bytes behind IEND")


def shapes_and_boxes(book):
    photo = scenes.levels(scenes.photo(320, 200), 8)
    truth = photo // 8 * 8
    file = png(truth, RGB, 8)
    for ask in (Ask(), Ask(box=(64, 48)), Ask(box=(30, 200)), Ask(box=(60, 60), fit="cover"),
                Ask(box=(40, 90), fit="cover"), Ask(box=(60, 60), fit="fill"), Ask(box=(90, 20), fit="fill")):
        save(book, "boxes", file, truth, SHRUNK, f"{ask.fit} in {ask.box[0]}x{ask.box[1]}", ask)
    for width, height in ((3000, 3), (3, 3000), (1000, 7), (101, 100), (100, 101), (200, 199)):
        samples = scenes.levels(scenes.bars(width, height), 8)
        save(book, f"shape-{width}x{height}", png(samples, RGB, 8), samples, SHRUNK, "sizes are rounded, and never 0")
    for name, scene, tolerance in (("text", scenes.text(420, 300), TEXT), ("bars", scenes.bars(500, 380), SHRUNK)):
        samples = scenes.levels(scene, 8)
        save(book, f"sharp-{name}", png(samples, RGB, 8), samples, tolerance, "hard edges, shrunk")
        save(book, f"sharp-{name}-interlaced", png(samples, RGB, 8, interlaced=True), samples, tolerance, "hard edges, in passes")


def damaged(book):
    samples = scenes.levels(scenes.photo(150, 100), 8)
    file = png(samples, RGB, 8, pieces=6)
    size = (150, 100)
    for percent in (30, 60, 95):
        book.either("png", f"cut-{percent}", file[: len(file) * percent // 100], size, f"cut at {percent} %")
    interlaced = png(samples, RGB, 8, interlaced=True)
    book.either("png", "cut-interlaced", interlaced[: len(interlaced) // 2], size, "cut in the sixth or seventh pass")
    at = file.index(b"IDAT")
    book.either("png", "crc-of-idat", file[: at + 60] + bytes([file[at + 60] ^ 1]) + file[at + 61 :], size, "a bit of the pixels is wrong")
    book.either("png", "crc-of-ihdr", file[:29] + b"\0\0\0\0" + file[33:], size, "the checksum of the header is wrong")
    text = png(samples, RGB, 8, before=[chunk("tEXt", b"Title\0x")[:-4] + b"oops"])
    book.either("png", "crc-of-text", text, size, "the checksum of a text is wrong", samples, SHRUNK)
    numbers, table = indexed(scenes.photo(60, 40), 16)
    book.either("png", "palette-too-short", png(numbers, PALETTE, 8, colors=table[:9]), (60, 40), "numbers beyond the palette")
    book.refused("png", "palette-missing", png(numbers, PALETTE, 8), "malformed", "no palette")
    book.either("png", "end-missing", file[:-12], size, "no IEND", samples, SHRUNK)
    head = png_file.SIGNATURE
    for name, body in (("width-0", head + png_file.header(0, 5, RGB, 8, False) + chunk("IDAT", zlib.compress(b"")) + chunk("IEND")),
                       ("depth-3", head + png_file.header(5, 5, RGB, 3, False) + chunk("IDAT", zlib.compress(b"")) + chunk("IEND")),
                       ("no-pixels", head + png_file.header(5, 5, RGB, 8, False) + chunk("IEND")),
                       ("signature-alone", head), ("header-alone", head + png_file.header(5, 5, RGB, 8, False)),
                       ("text-mode", file.replace(b"\r\n", b"\n", 1))):
        book.refused("png", f"bad-{name}", body, "malformed", "no valid file")
