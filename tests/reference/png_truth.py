"""What a PNG shows, and a second opinion on it."""

import io

import numpy as np
from PIL import Image

import scenes
from png_file import GREY, GREY_ALPHA, PALETTE, RGB, RGBA
from thumbnails import mean_error

NAMES = {GREY: "grey", RGB: "rgb", PALETTE: "palette", GREY_ALPHA: "grey-alpha", RGBA: "rgba"}
# Not enlarged nor shrunk, so the pixels are the same but for rounding from 16 bits.
EXACT = 0.4
SHRUNK = 0.6
MANAGED = 0.6
# Samples are averaged as they are stored, and made sRGB afterwards. Of linear ones that is another mean.
LINEAR = 1.5
# A screen's curve may be taken for that of sRGB, or for an exponent of 2.2, as the specification does.
GAMMA = 2.2
# A box before the last resize is softer than Lanczos alone, which shows where there is nothing but hard edges: Pillow's
# own way to do both (`reducing_gap`) is 3.1 away from Lanczos alone.
TEXT = 3.4


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
