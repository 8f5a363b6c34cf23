"""Animated PNG, still and moving."""

import io

import numpy as np
from PIL import Image

import png_file
import scenes
from png_file import RGBA, png
from png_truth import EXACT, SHRUNK, save
from thumbnails import Ask, mean_error

MOVING = Ask(extra={"frames": "all"})


def add(book):
    animations(book)
    disposals(book)


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
