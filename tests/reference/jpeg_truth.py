"""What a JPEG shows: what Pillow decodes, or what is known better."""

import io

import numpy as np
from PIL import Image, ImageOps

import scenes
from thumbnails import mean_error

# What two decoders may differ by, on top of how a thumbnail is resized.
CLOSE = 1.5
# Small pictures are not resized: here it shows how chroma is made larger again.
SMALL = 2.5
MANAGED = 2.5
# What is reduced within blocks has some of what lies below the picture.
LESS_THAN_A_BLOCK = 5.0
LESS_THAN_TWO_BLOCKS = 2.0
# Edges once more: a box, Lanczos, and at a reduced scale no refinements of the progressive kind.
EDGES = 5.0


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
