"""Colour spaces, and ICC profiles of them written byte by byte (ICC.1:2001-04), with what they mean in sRGB."""

import io
import struct

import numpy as np
from PIL import Image, ImageCms

D65 = (0.3127, 0.3290)
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
DISPLAY_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
BT2020 = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
ADOBE_RGB = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
D50_XYZ = np.array([0.9642, 1.0, 0.8249])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def xyz(point):
    x, y = point
    return np.array([x / y, 1, (1 - x - y) / y])


def to_xyz(primaries, white=D65):
    """The matrix from linear RGB to XYZ, relative to the white."""
    columns = np.stack([xyz(point) for point in primaries], axis=1)
    return columns * np.linalg.solve(columns, xyz(white))


def adapted(white):
    """The matrix that brings a white to D50, by Bradford."""
    ratio = (BRADFORD @ D50_XYZ) / (BRADFORD @ xyz(white))
    return np.linalg.inv(BRADFORD) @ np.diag(ratio) @ BRADFORD


def srgb_to_linear(value):
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(value):
    value = np.clip(value, 0, 1)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)


def to_srgb(picture, primaries=SRGB, white=D65, linear=srgb_to_linear):
    """A picture of 0 to 1 in another space, as sRGB of 0 to 255. Alpha stays."""
    color, alpha = picture[..., :3], picture[..., 3:]
    matrix = np.linalg.inv(adapted(D65) @ to_xyz(SRGB)) @ adapted(white) @ to_xyz(primaries, white)
    converted = linear_to_srgb(linear(color) @ matrix.T)
    return 255 * np.concatenate([converted, alpha], axis=-1)


def _fixed(values):
    return b"".join(struct.pack(">i", round(value * 65_536)) for value in values)


def _profile(space, connection, tags, kind=b"mntr"):
    table, data = b"", b""
    offset = 128 + 4 + 12 * len(tags)
    for name, body in tags.items():
        table += name.encode() + struct.pack(">II", offset + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    size = offset + len(data)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, kind, space, connection)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _fixed(D50_XYZ)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def _text(tag, words):
    words = words.encode() + b"\0"
    if tag == "desc":
        return b"desc\0\0\0\0" + struct.pack(">I", len(words)) + words + bytes(78)
    return b"text\0\0\0\0" + words


def _curve(gamma):
    """A single exponent as 8.8 fixed, or a table of the curve of sRGB."""
    if gamma == "srgb":
        table = np.rint(srgb_to_linear(np.linspace(0, 1, 256)) * 65_535).astype(">u2")
        return b"curv\0\0\0\0" + struct.pack(">I", 256) + table.tobytes()
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def _xyz_tag(values):
    return b"XYZ \0\0\0\0" + _fixed(values)


def rgb_profile(primaries=SRGB, gamma="srgb", order=(0, 1, 2), words="made here"):
    """A matrix profile. `order` permutes the channels: (1, 2, 0) says that the first channel is green."""
    matrix = (adapted(D65) @ to_xyz(primaries))[:, list(order)]
    names = ["rXYZ", "gXYZ", "bXYZ"]
    tags = {"desc": _text("desc", words), "cprt": _text("cprt", "CC0"), "wtpt": _xyz_tag(D50_XYZ)}
    tags |= {name: _xyz_tag(matrix[:, channel]) for channel, name in enumerate(names)}
    tags |= {name: _curve(gamma) for name in ("rTRC", "gTRC", "bTRC")}
    return _profile(b"RGB ", b"XYZ ", tags)


def grey_profile(gamma):
    tags = {"desc": _text("desc", "grey"), "cprt": _text("cprt", "CC0"), "wtpt": _xyz_tag(D50_XYZ), "kTRC": _curve(gamma)}
    return _profile(b"GRAY", b"XYZ ", tags)


# Paper and inks in linear light, duller than the naive ones.
PAPER = np.array([0.95, 0.94, 0.9])
INKS = np.array([[0.06, 0.36, 0.72], [0.65, 0.05, 0.22], [0.92, 0.78, 0.04], [0.03, 0.03, 0.03]])


def inks_to_linear_rgb(inks):
    """What light these amounts of ink leave, by Neugebauer's mixture of covered and bare paper."""
    light = np.ones(inks.shape[:-1] + (3,)) * PAPER
    for number in range(4):
        amount = inks[..., number : number + 1]
        light = light * (1 - amount + amount * INKS[number])
    return light


def _lab(value):
    ratio = value / D50_XYZ
    f = np.where(ratio > 216 / 24_389, np.cbrt(ratio), (24_389 / 27 * ratio + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def cmyk_profile(grid=7):
    """A printer's profile with a table from inks to Lab (lut16Type)."""
    axis = np.linspace(0, 1, grid)
    inks = np.stack(np.meshgrid(axis, axis, axis, axis, indexing="ij"), axis=-1)
    lab = _lab(inks_to_linear_rgb(inks) @ (adapted(D65) @ to_xyz(SRGB)).T)
    encoded = np.stack([lab[..., 0] / 100 * 65_280, (lab[..., 1] + 128) * 256, (lab[..., 2] + 128) * 256], axis=-1)
    table = np.rint(np.clip(encoded, 0, 65_535)).astype(">u2").tobytes()
    line = struct.pack(">2H", 0, 65_535)
    lut = b"mft2\0\0\0\0" + bytes([4, 3, grid, 0]) + _fixed(np.eye(3).reshape(-1)) + struct.pack(">2H", 2, 2)
    lut += line * 4 + table + line * 3
    tags = {"desc": _text("desc", "dull inks"), "cprt": _text("cprt", "CC0"), "wtpt": _xyz_tag(D50_XYZ), "A2B0": lut}
    return _profile(b"CMYK", b"Lab ", tags, b"prtr")


def by_little_cms(picture, mode, profile, intent=ImageCms.Intent.PERCEPTUAL):
    """What LittleCMS makes of 8-bit samples with a profile: an array in sRGB, 0 to 255."""
    image = Image.fromarray(np.ascontiguousarray(picture, np.uint8), mode)
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    target = ImageCms.createProfile("sRGB")
    return np.asarray(ImageCms.profileToProfile(image, source, target, intent, "RGB"), float)
