"""The pictures that the files show: made from numbers, the same every time, and like no mirror image of themselves.

A scene is an array of height x width x 3 or 4, in sRGB, from 0 to 1.
"""

import numpy as np

SEED = 5


def octaves(width, height, seed, finest=6):
    """Noise as clouds have it: each octave is twice as fine and half as strong."""
    random = np.random.default_rng(seed)
    sum_, weight = np.zeros((height, width)), 0.0
    for octave in range(1, finest):
        cells = 2**octave
        grid = random.random((cells + 2, cells + 2))
        sum_ += _smooth(grid, width, height, cells) * 0.5**octave
        weight += 0.5**octave
    return sum_ / weight


def _smooth(grid, width, height, cells):
    ys = np.linspace(0, cells, height, endpoint=False)
    xs = np.linspace(0, cells, width, endpoint=False)
    y0, x0 = ys.astype(int), xs.astype(int)
    fy, fx = _ease(ys - y0)[:, None], _ease(xs - x0)[None, :]
    rows = grid[y0], grid[y0 + 1]
    top, bottom = ((row[:, x0] * (1 - fx) + row[:, x0 + 1] * fx) for row in rows)
    return top * (1 - fy) + bottom * fy


def _ease(t):
    return t * t * (3 - 2 * t)


def photo(width, height, seed=SEED):
    """Clouds of colour over a diagonal slope, with a red corner at the top left and a green bar at the right."""
    red, green, blue = (octaves(width, height, seed + channel) for channel in range(3))
    y, x = np.mgrid[0:height, 0:width]
    slope = (x / width + 2 * y / height) / 3
    scene = np.stack([0.2 + 0.7 * red, 0.15 + 0.5 * green + 0.3 * slope, 0.9 * blue * (1 - slope) + 0.1], axis=-1)
    scene[: max(height // 5, 1), : max(width // 6, 1)] = (0.9, 0.12, 0.1)
    scene[height // 2 :, width - max(width // 10, 1) :] = (0.1, 0.75, 0.2)
    return np.clip(scene, 0, 1)


BARS = [(1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0)]


def bars(width, height):
    """The colour bars of a test card above a grey wedge."""
    scene = np.zeros((height, width, 3))
    x = np.arange(width)
    scene[:] = np.array(BARS, float)[x * len(BARS) // width][None]
    wedge = max(height // 3, 1)
    scene[height - wedge :] = (x / max(width - 1, 1))[None, :, None]
    return scene


def text(width, height):
    """Dark strokes with hard edges on a pale ground, as of print."""
    scene = np.ones((height, width, 3)) * (0.96, 0.95, 0.88)
    random = np.random.default_rng(SEED)
    for top in range(3, height - 6, 11):
        left = 3
        while left < width - 8:
            wide = int(random.integers(2, 8))
            scene[top : top + 7, left : left + 2] = 0.08
            scene[top + int(random.integers(0, 6)), left : left + wide] = (0.08, 0.08, 0.3)
            left += wide + 2
    scene[: height // 8, width // 2 :] = (0.15, 0.25, 0.6)
    return scene


def flat(width, height):
    """A few flat areas: a picture that few colours are enough for."""
    scene = np.zeros((height, width, 3))
    scene[:] = (0.2, 0.4, 0.8)
    scene[: height // 2, : width // 3] = (0.9, 0.2, 0.1)
    scene[height * 2 // 3 :, width // 4 :] = (0.95, 0.85, 0.2)
    scene[height // 3 : height // 2, width // 2 :] = (0.1, 0.7, 0.3)
    return scene


def soft_alpha(width, height):
    """Opacity that rises from the left to the right, with a hole."""
    y, x = np.mgrid[0:height, 0:width]
    alpha = np.clip(1.3 * x / max(width - 1, 1), 0, 1)
    hole = (x - width * 0.7) ** 2 + (y - height * 0.3) ** 2 < (min(width, height) * 0.18) ** 2
    return np.where(hole, 0.0, alpha)


def with_alpha(scene, alpha):
    return np.dstack([scene, alpha])


def luma(scene):
    """One channel, as a grey camera would see it."""
    return scene[..., :3] @ (0.299, 0.587, 0.114)


def levels(scene, bits):
    """Whole numbers of so many bits."""
    return np.rint(scene * (2**bits - 1)).astype(int)
