"""What a JPEG shows: what Pillow decodes, or what is known better."""

import io

import numpy as np
from PIL import Image, ImageOps

import scenes
from thumbnails import mean_error

# What two decoders may differ by, on top of how a thumbnail is resized.
CLOSE = 1.5
# Not resized, and with as many samples of chroma as of luma: nothing but rounding is left.
SMALL = 1.0
# Chroma is made larger by a cubic filter here and by a triangle in libjpeg-turbo, which are so far apart where a few
# samples differ much; the cubic filter is nearer to the picture before it was coded.
FEW_SAMPLES = 2.1
FEWEST_SAMPLES = 2.7
# Up to two samples of chroma in a row are not smoothed at all by libjpeg-turbo. That is 39 away from the picture before
# it was coded, and we 36.
TWO_SAMPLES = 8.4
# Where only means of blocks are stored, libjpeg-turbo shows blocks, and we smooth them.
MEANS = 1.6
# Edges as in PNG, but half the size comes from the blocks, which is better than a box. Of progressive files that half
# lacks what refines the frequencies.
TEXT = 2.7
PROGRESSIVE_TEXT = 4.3


def photo(width, height):
    return scenes.levels(scenes.photo(width, height), 8).astype(np.uint8)


def pillow(picture, **how):
    file = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(file, "jpeg", **how)
    return file.getvalue()


def decoded(file, mode="RGB"):
    image = Image.open(io.BytesIO(file))
    return np.asarray(ImageOps.exif_transpose(image).convert(mode), float)


def save(book, name, file, note, tolerance=CLOSE, truth=None, near=None, ask=None):
    """The truth is what Pillow decodes, unless it is known better. `near` is the picture before it was coded."""
    if truth is None:
        truth = decoded(file)
    if near is not None:
        assert mean_error(truth, near) < 5, (name, mean_error(truth, near))
    book.picture("jpeg", name, file, truth, tolerance, note, ask)
