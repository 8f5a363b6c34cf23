"""The thumbnail as it should be: the pixels that are known, resized by Pillow in floating point."""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

BOX = (100, 100)


@dataclass
class Ask:
    """What is asked of the program, in the words of its API."""

    box: tuple[int, int] = BOX
    fit: str = "contain"
    extra: dict = field(default_factory=dict)

    def query(self):
        said = {}
        if self.box != BOX:
            said["width"], said["height"] = self.box
        if self.fit != "contain":
            said["fit"] = self.fit
        said |= self.extra
        return "&".join(f"{name}={value}" for name, value in said.items())


def scaled(side, numerator, denominator):
    """Rounded half up, and never nothing."""
    return max((2 * side * numerator + denominator) // (2 * denominator), 1)


def contain(width, height, box):
    """The size inside a box: never enlarged, each side rounded to the nearest pixel and at least 1."""
    if width <= box[0] and height <= box[1]:
        return width, height
    if width * box[1] >= height * box[0]:
        return box[0], scaled(height, box[0], width)
    return scaled(width, box[1], height), box[1]


def rgba(picture):
    """Any array of 8-bit values as floats with alpha: grey, grey and alpha, RGB, RGBA."""
    picture = np.asarray(picture, float)
    if picture.ndim == 2:
        picture = picture[..., None]
    channels = picture.shape[-1]
    color = picture[..., :3] if channels >= 3 else np.repeat(picture[..., :1], 3, axis=-1)
    alpha = picture[..., -1:] if channels in (2, 4) else np.full(picture.shape[:2] + (1,), 255.0)
    return np.concatenate([color, alpha], axis=-1)


def resize(picture, size, crop=None):
    """Lanczos on premultiplied pixels. `crop` is the part of the source that is used: left, top, right, bottom."""
    picture = rgba(picture)
    if crop is None and size == (picture.shape[1], picture.shape[0]):
        return np.rint(picture).astype(np.uint8)
    opacity = picture[..., 3:] / 255
    planes = np.concatenate([picture[..., :3] * opacity, picture[..., 3:]], axis=-1)
    small = np.stack([_plane(planes[..., channel], size, crop) for channel in range(4)], axis=-1)
    alpha = np.clip(small[..., 3:], 0, 255)
    color = np.divide(small[..., :3] * 255, alpha, out=np.zeros_like(small[..., :3]), where=alpha >= 0.5)
    return np.rint(np.clip(np.concatenate([color, alpha], axis=-1), 0, 255)).astype(np.uint8)


def _plane(plane, size, crop):
    image = Image.fromarray(plane.astype(np.float32))
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS, box=crop), float)


def thumbnail(picture, ask):
    height, width = np.asarray(picture).shape[:2]
    if ask.fit == "fill":
        size = (min(ask.box[0], width), min(ask.box[1], height))
        return resize(picture, size)
    if ask.fit == "cover":
        return _cover(picture, width, height, ask.box)
    return resize(picture, contain(width, height, ask.box))


def _cover(picture, width, height, box):
    """The middle of the picture, with the aspect ratio of the box."""
    scale = max(box[0] / width, box[1] / height)
    if scale >= 1:
        left, top = max(width - box[0], 0) // 2, max(height - box[1], 0) // 2
        return rgba(picture)[top : top + box[1], left : left + box[0]].round().astype(np.uint8)
    used_width, used_height = box[0] / scale, box[1] / scale
    left, top = (width - used_width) / 2, (height - used_height) / 2
    return resize(picture, box, (left, top, left + used_width, top + used_height))


def on_or_off(picture, alpha_from=128):
    """As GIF has it: opaque or not there at all."""
    picture = rgba(picture).round().astype(np.uint8)
    shown = picture[..., 3:] >= alpha_from
    return np.where(shown, np.concatenate([picture[..., :3], np.full_like(picture[..., 3:], 255)], axis=-1), 0)


def mean_error(one, other):
    """The mean absolute difference of premultiplied colour and alpha, of 255."""
    one, other = premultiplied(one), premultiplied(other)
    return float(np.abs(one - other).mean())


def premultiplied(picture):
    picture = rgba(picture)
    return np.concatenate([picture[..., :3] * picture[..., 3:] / 255, picture[..., 3:]], axis=-1)
