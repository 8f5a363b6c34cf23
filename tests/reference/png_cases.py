"""Every way in which a PNG can hold a picture."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

import colors
import exif
import png_file
import scenes
from png_file import GREY, GREY_ALPHA, PALETTE, RGB, RGBA, chunk, png
from thumbnails import Ask, mean_error

NAMES = {GREY: "grey", RGB: "rgb", PALETTE: "palette", GREY_ALPHA: "grey-alpha", RGBA: "rgba"}
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGBA: (8, 16)}
# Not enlarged nor shrunk, so the pixels are the same but for rounding from 16 bits.
EXACT = 0.4
SHRUNK = 1.0
MANAGED = 1.5
# A screen's curve may be taken for that of sRGB, or for an exponent of 2.2, as the specification does.
GAMMA = 2.5
# A box before the last resize is softer than Lanczos alone, which shows where there is nothing but hard edges.
EDGES = 4.0
EDGES_OF_ONE_ROW = 7.0
MOVING = Ask(extra={"frames": "all"})


def add(book):
    kinds(book)
    sizes(book)
    filters(book)
    transparent_colors(book)
    gammas(book)
    profiles(book)
    code_points(book)
    orientations(book)
    animations(book)
    odd_but_valid(book)
    shapes_and_boxes(book)
    damaged(book)


def save(book, name, file, truth, tolerance, note, ask=None, check=True):
    """`check` has Pillow decode the file, so that the truth is not ours alone."""
    if check:
        decoded = Image.open(io.BytesIO(file))
        if decoded.mode.startswith("I"):
            decoded = Image.fromarray((np.asarray(decoded, float) / 257).round().astype(np.uint8))
        seen = np.asarray(decoded.convert("RGBA"), float)
        assert mean_error(seen, truth) < 0.6, (name, mean_error(seen, truth))
    book.picture("png", name, file, truth, tolerance, note, ask)


def indexed(scene, count):
    """The scene in so many colours: the numbers, and the palette."""
    image = Image.fromarray(scenes.levels(scene, 8).astype(np.uint8))
    image = image.quantize(count, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    table = np.array(image.getpalette()[: 3 * count], int).reshape(-1, 3)
    table = np.concatenate([table, np.zeros((count - len(table), 3), int)])
    return np.asarray(image, int), table


def samples_of(scene, alpha, color, depth):
    """The samples of a scene, the picture that they show (0 to 255), and the palette where there is one."""
    if color == PALETTE:
        numbers, table = indexed(scene, 2**depth)
        return numbers, table[numbers], table
    shown = scene if color in (RGB, RGBA) else scenes.luma(scene)[..., None]
    if color in (GREY_ALPHA, RGBA):
        shown = np.dstack([shown, alpha])
    samples = scenes.levels(shown, depth)
    if depth == 16:
        # The lower byte follows the upper one, which keeps the file small.
        upper = samples >> 8
        samples = upper * 256 + (upper * 37 + 11) % 256
    return samples, samples * 255 / (2**depth - 1), None


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


def gammas(book):
    scene = scenes.photo(130, 100)
    samples = scenes.levels(scene, 8)
    for gamma in (0.35, 0.45455, 0.55, 0.7, 1.0, 1.5, 2.5):
        truth = 255 * colors.linear_to_srgb((samples / 255) ** (1 / gamma))
        file = png(samples, RGB, 8, before=[png_file.gamma_chunk(gamma)])
        save(book, f"gamma-{gamma}", file, truth, GAMMA, "gAMA to sRGB", check=False)
    for color, depth in ((GREY, 8), (GREY, 16), (GREY_ALPHA, 8), (PALETTE, 4), (RGBA, 16)):
        samples, shown, table = samples_of(scene, scenes.soft_alpha(130, 100), color, depth)
        if shown.ndim == 2:
            shown = shown[..., None]
        has_alpha = color in (GREY_ALPHA, RGBA)
        light, alpha = (shown[..., :-1], shown[..., -1:]) if has_alpha else (shown, shown[..., :0])
        truth = np.concatenate([255 * colors.linear_to_srgb((light / 255) ** 1.0), alpha], axis=-1)
        file = png(samples, color, depth, colors=table, before=[png_file.gamma_chunk(1.0)])
        truth = truth[..., 0] if truth.shape[-1] == 1 else truth
        name = f"gamma-1.0-{NAMES[color]}-{depth}"
        save(book, name, file, truth, MANAGED, "linear samples; alpha is linear anyway", check=False)
    samples = scenes.levels(scene, 8)
    file = png(samples, RGB, 8, before=[png_file.gamma_chunk(0)])
    save(book, "gamma-0", file, samples, SHRUNK, "a gamma of 0 says nothing", check=False)
    file = png(samples, RGB, 8, before=[chunk("sRGB", b"\0"), png_file.gamma_chunk(1.0)])
    save(book, "gamma-1.0-and-srgb", file, samples, SHRUNK, "sRGB is stronger than gAMA", check=False)
    wide = (colors.D65, *colors.ADOBE_RGB)
    truth = colors.to_srgb(samples / 255, colors.ADOBE_RGB, linear=lambda value: value**2.2)
    chunks = [png_file.gamma_chunk(1 / 2.2), png_file.chromaticities_chunk(wide)]
    save(book, "chrm-wide", png(samples, RGB, 8, before=chunks), truth, GAMMA, "gAMA and cHRM of a wider space", check=False)
    chunks = [png_file.gamma_chunk(1 / 2.2), png_file.chromaticities_chunk((colors.D65, *colors.SRGB))]
    truth = 255 * colors.linear_to_srgb((samples / 255) ** 2.2)
    save(book, "chrm-srgb", png(samples, RGB, 8, before=chunks), truth, GAMMA, "gAMA and cHRM of sRGB itself", check=False)


def profiles(book):
    scene = scenes.photo(130, 100)
    samples = scenes.levels(scene, 8)
    alpha = scenes.levels(scenes.soft_alpha(130, 100), 8)
    for name, profile in (("srgb", colors.rgb_profile()), ("p3", colors.rgb_profile(colors.DISPLAY_P3)),
                          ("adobe", colors.rgb_profile(colors.ADOBE_RGB, 2.2)),
                          ("rotated", colors.rgb_profile(order=(1, 2, 0))),
                          ("linear", colors.rgb_profile(gamma=1.0))):
        truth = colors.by_little_cms(samples, "RGB", profile)
        file = png(samples, RGB, 8, before=[png_file.icc_chunk(profile)])
        save(book, f"icc-{name}", file, truth, MANAGED, f"iCCP: {name}", check=False)
        if name in ("p3", "rotated"):
            shown = np.dstack([samples, alpha])
            file = png(shown, RGBA, 8, before=[png_file.icc_chunk(profile)])
            save(book, f"icc-{name}-rgba", file, np.dstack([truth, alpha]), MANAGED, f"iCCP and alpha: {name}", check=False)
    rotated = colors.rgb_profile(order=(1, 2, 0))
    numbers, table = indexed(scene, 200)
    truth = colors.by_little_cms(table[numbers], "RGB", rotated)
    file = png(numbers, PALETTE, 8, colors=table, before=[png_file.icc_chunk(rotated)])
    save(book, "icc-rotated-palette", file, truth, MANAGED, "iCCP of a palette", check=False)
    deep, shown, _ = samples_of(scene, None, RGB, 16)
    truth = colors.by_little_cms(shown.round(), "RGB", rotated)
    file = png(deep, RGB, 16, before=[png_file.icc_chunk(rotated)])
    save(book, "icc-rotated-16", file, truth, MANAGED, "iCCP of 16 bits", check=False)
    grey = scenes.levels(scenes.luma(scene), 8)
    for gamma in (1.0, 1.8):
        profile = colors.grey_profile(gamma)
        truth = 255 * colors.linear_to_srgb((grey / 255) ** gamma)
        file = png(grey, GREY, 8, before=[png_file.icc_chunk(profile)])
        save(book, f"icc-grey-{gamma}", file, truth, MANAGED, "iCCP of a grey picture", check=False)
    for name, profile in (("broken", bytes(range(200))), ("empty", b"")):
        file = png(samples, RGB, 8, before=[png_file.icc_chunk(profile)])
        save(book, f"icc-{name}", file, samples, SHRUNK, "a profile that cannot be read is none", check=False)
    file = png(samples, RGB, 8, before=[chunk("iCCP", b"name\0\0not compressed at all")])
    save(book, "icc-not-compressed", file, samples, SHRUNK, "a profile that cannot be unpacked is none", check=False)
    file = png(samples, RGB, 8, before=[png_file.icc_chunk(colors.grey_profile(1.0))])
    save(book, "icc-grey-in-rgb", file, samples, SHRUNK, "a grey profile does not fit colours", check=False)
    truth = colors.by_little_cms(samples, "RGB", rotated)
    chunks = [png_file.gamma_chunk(1.0), png_file.icc_chunk(rotated)]
    save(book, "icc-rotated-and-gamma", png(samples, RGB, 8, before=chunks), truth, MANAGED, "iCCP is stronger than gAMA", check=False)


def code_points(book):
    scene = scenes.photo(130, 100)
    samples = scenes.levels(scene, 8)
    p3 = colors.to_srgb(samples / 255, colors.DISPLAY_P3)
    cases = {
        "srgb": ((1, 13), samples, "sRGB"),
        "p3": ((12, 13), p3, "Display P3"),
        "bt2020": ((9, 13), colors.to_srgb(samples / 255, colors.BT2020), "primaries of BT.2020, curve of sRGB"),
        "linear": ((1, 8), 255 * colors.linear_to_srgb(samples / 255), "linear light"),
        "gamma22": ((1, 4), 255 * colors.linear_to_srgb((samples / 255) ** 2.2), "a gamma of 2.2"),
    }
    for name, (points, truth, note) in cases.items():
        file = png(samples, RGB, 8, before=[png_file.code_points_chunk(*points)])
        save(book, f"cicp-{name}", file, truth, MANAGED, f"cICP: {note}", check=False)
    rotated = png_file.icc_chunk(colors.rgb_profile(order=(1, 2, 0)))
    for name, chunks in (("icc", [rotated]), ("gamma", [png_file.gamma_chunk(1.0)]), ("srgb", [chunk("sRGB", b"\0")])):
        file = png(samples, RGB, 8, before=[png_file.code_points_chunk(12, 13), *chunks])
        save(book, f"cicp-p3-and-{name}", file, p3, MANAGED, f"cICP is stronger than {name}", check=False)
    deep, shown, _ = samples_of(scene, scenes.soft_alpha(130, 100), RGBA, 16)
    file = png(deep, RGBA, 16, before=[png_file.code_points_chunk(12, 13)])
    p3_deep = colors.to_srgb(shown / 255, colors.DISPLAY_P3)
    save(book, "cicp-p3-rgba-16", file, p3_deep, MANAGED, "cICP of 16 bits with alpha", check=False)
    file = png(samples, RGB, 8, before=[png_file.code_points_chunk(2, 2)])
    save(book, "cicp-unspecified", file, samples, SHRUNK, "cICP that says nothing", check=False)


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


def animations(book):
    width, height = 120, 90
    default = scenes.levels(scenes.with_alpha(scenes.photo(width, height), np.ones((height, width))), 8)
    red = np.zeros((height, width, 4), int)
    red[...] = (220, 30, 40, 255)
    animation = png_file.Animation(2)
    inside = [animation.control, animation.frame(width, height, 0, 0, 100)]
    after = [animation.frame(width, height, 0, 0, 200), animation.pixels(red, RGBA, 8)]
    file = png(default, RGBA, 8, before=inside, after=after)
    save(book, "apng-default-inside", file, default, SHRUNK, "a still of an animation: the default image")
    book.movie("png", "apng-default-inside", file, [default, red], (100, 200), "ever", SHRUNK, "moves when asked", MOVING)
    animation = png_file.Animation(1)
    after = [animation.frame(width, height, 0, 0, 200), animation.pixels(red, RGBA, 8)]
    file = png(default, RGBA, 8, before=[animation.control], after=after)
    save(book, "apng-default-outside", file, default, SHRUNK, "the default image is no frame, but is what is shown", check=False)
    book.movie("png", "apng-default-outside", file, [red], (), "", EXACT, "of one frame there is nothing to move", MOVING)
    disposals(book)


def disposals(book):
    """Each disposal and each blend, on a part of the canvas (APNG, section 4.2 of its specification)."""
    width, height = 80, 60
    base = scenes.levels(scenes.with_alpha(scenes.flat(width, height), np.ones((height, width))), 8)
    patch = np.zeros((20, 30, 4), int)
    patch[...] = (240, 240, 240, 255)
    patch[5:15, 5:25] = (0, 0, 0, 0)
    for disposal in range(3):
        for blend in range(2):
            animation = png_file.Animation(3, plays=2)
            before = [animation.control, animation.frame(width, height, 0, 0, 70)]
            after = [
                animation.frame(30, 20, 10, 5, 120, disposal, blend),
                animation.pixels(patch, RGBA, 8),
                animation.frame(30, 20, 40, 30, 90, 0, blend),
                animation.pixels(patch, RGBA, 8),
            ]
            file = png(base, RGBA, 8, before=before, after=after)
            second = blended(base, patch, 10, 5, blend)
            left = [second, cleared(second, 10, 5, 30, 20), base][disposal]
            frames = [base, second, blended(left, patch, 40, 30, blend)]
            check_frames(file, frames)
            note = f"disposal {disposal}, blend {blend}"
            book.movie("png", f"apng-disposal-{disposal}-blend-{blend}", file, frames, (70, 120, 90), "1", EXACT, note, MOVING)


def check_frames(file, frames):
    for number, frame in enumerate(frames):
        # Opened anew each time: what Pillow gives for one frame may depend on those that were looked at before.
        image = Image.open(io.BytesIO(file))
        image.seek(number)
        assert mean_error(np.asarray(image.convert("RGBA"), float), frame) < 0.5, number


def blended(canvas, patch, left, top, blend):
    result = canvas.copy()
    part = result[top : top + patch.shape[0], left : left + patch.shape[1]]
    part[...] = patch if blend == 0 else np.where(patch[..., 3:] == 255, patch, part)
    return result


def cleared(canvas, left, top, width, height):
    result = canvas.copy()
    result[top : top + height, left : left + width] = 0
    return result


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
        tolerance = SHRUNK if min(width, height) >= 100 else EDGES_OF_ONE_ROW
        save(book, f"shape-{width}x{height}", png(samples, RGB, 8), samples, tolerance, "sizes are rounded, and never 0")
    for name, scene in (("text", scenes.text(420, 300)), ("bars", scenes.bars(500, 380))):
        samples = scenes.levels(scene, 8)
        save(book, f"sharp-{name}", png(samples, RGB, 8), samples, EDGES, "hard edges, shrunk")
        save(book, f"sharp-{name}-interlaced", png(samples, RGB, 8, interlaced=True), samples, EDGES, "hard edges, in passes")


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
