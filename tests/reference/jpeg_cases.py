"""Every way in which a JPEG can hold a picture."""

import io
import struct
import subprocess

import imagecodecs
import numpy as np
from PIL import Image

import exif
import jpeg_file
import scenes
from jpeg_file import Component, Jpeg, Scan, color_components, exif_segment, jfif, marker
from jpeg_truth import (
    CLOSE, FEW_SAMPLES, FEWEST_SAMPLES, MEANS, PROGRESSIVE_TEXT, SMALL, TEXT, TWO_SAMPLES, decoded, photo, pillow, save,
)
from thumbnails import Ask


def add(book):
    by_pillow(book)
    large(book)
    samplings(book)
    scans(book)
    codes(book)
    markers(book)
    orientations(book)
    small_sizes(book)
    rare_codings(book)
    damaged(book)


def by_pillow(book):
    rgb = photo(330, 250)
    variants = {
        "baseline-444": dict(subsampling="4:4:4"), "baseline-422": dict(subsampling="4:2:2"),
        "baseline-420": dict(subsampling="4:2:0"), "optimised": dict(optimize=True),
        "progressive-420": dict(progressive=True), "progressive-444": dict(progressive=True, subsampling="4:4:4"),
        "progressive-422": dict(progressive=True, subsampling="4:2:2"),
        "restart-1": dict(restart_marker_blocks=1), "restart-7": dict(restart_marker_blocks=7),
        "restart-row": dict(restart_marker_rows=1), "restart-progressive": dict(progressive=True, restart_marker_blocks=5),
        "quality-100": dict(quality=100, subsampling="4:4:4"), "quality-15": dict(quality=15),
        "streamtype-with-comment": dict(comment=b"a comment"),
    }
    for name, how in variants.items():
        source = rgb[:160, :200] if name == "quality-100" else rgb
        file = pillow(source, **{"quality": 85} | how)
        near = source if name != "quality-15" else None
        save(book, name, file, f"by Pillow: {name.replace('-', ' ')}", near=near)
    grey = rgb[..., 1]
    for name, how in (("grey", {}), ("grey-progressive", dict(progressive=True)), ("grey-restart", dict(restart_marker_blocks=3))):
        save(book, name, pillow(grey, quality=85, **how), name.replace("-", " "), near=grey)
    for width, height in ((101, 77), (103, 161), (255, 9), (8, 240), (640, 3), (217, 200)):
        for progressive in (False, True):
            file = pillow(photo(width, height), quality=90, progressive=progressive)
            way = "progressive" if progressive else "baseline"
            tolerance = FEW_SAMPLES if height == 9 else CLOSE
            save(book, f"shape-{width}x{height}-{way}", file, f"no whole blocks, {way}", tolerance)


def large(book):
    """So much larger than the box that a decoder may work at an eighth, a quarter, a half."""
    for width, height, quality in ((1700, 1300, 20), (1601, 1203, 20), (900, 700, 40), (811, 613, 45), (420, 330, 70), (233, 171, 80)):
        rgb = photo(width, height)
        for name, how in (("baseline", {}), ("444", dict(subsampling="4:4:4")), ("422", dict(subsampling="4:2:2")),
                          ("progressive", dict(progressive=True)), ("restart", dict(restart_marker_blocks=9))):
            if width == 1601 and name not in ("baseline", "progressive"):
                continue
            file = pillow(rgb, quality=quality, **how)
            save(book, f"large-{width}-{name}", file, f"{width}x{height}, {name}")
        save(book, f"large-{width}-grey", pillow(rgb[..., 0], quality=quality), f"{width}x{height}, grey")
    for name, scene in (("text", scenes.text(430, 320)), ("bars", scenes.bars(960, 720))):
        rgb = scenes.levels(scene, 8).astype(np.uint8)
        quality = 30 if name == "text" else 85
        for progressive in (False, True):
            way = "progressive" if progressive else "baseline"
            file = pillow(rgb, quality=quality, progressive=progressive)
            of_text = PROGRESSIVE_TEXT if progressive else TEXT
            save(book, f"sharp-{name}-{way}", file, "hard edges", tolerance=of_text if name == "text" else CLOSE)
    file = pillow(photo(640, 400), quality=70)
    for ask in (Ask(box=(64, 48)), Ask(box=(30, 200)), Ask(box=(60, 60), fit="cover"), Ask(box=(60, 60), fit="fill"),
                Ask(box=(300, 300)), Ask(box=(2000, 2000))):
        save(book, "boxes", file, f"{ask.fit} in {ask.box[0]}x{ask.box[1]}", ask=ask)


def samplings(book):
    rgb = photo(203, 149)
    for sampling in ("4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1", "4:1:0"):
        file = Jpeg(color_components(rgb, sampling), [jfif()]).file()
        save(book, f"sampling-{sampling.replace(':', '')}", file, f"sampled {sampling}", near=rgb)
    odd = {
        "3x1": [(3, 1), (1, 1), (1, 1)], "1x3": [(1, 3), (1, 1), (1, 1)], "2x2-2x1-1x1": [(2, 2), (2, 1), (1, 1)],
        "2x2-1x2-2x1": [(2, 2), (1, 2), (2, 1)], "2x2-everywhere": [(2, 2)] * 3, "4x2-2x1-2x2": [(4, 2), (2, 1), (2, 2)],
        "luma-fewer": [(1, 1), (2, 1), (2, 1)], "3x2-1x1": [(3, 2), (1, 1), (1, 1)],
        # No component has the largest factor of both directions.
        "2x1-1x2": [(2, 1), (1, 2), (1, 2)], "2x1-1x2-1x1": [(2, 1), (1, 2), (1, 1)], "1x4-4x1-1x1": [(1, 4), (4, 1), (1, 1)],
    }
    for name, factors in odd.items():
        components = color_components(rgb, factors)
        file = Jpeg(components, [jfif()]).file()
        # Pillow refuses factors that are no whole fractions, so the truth is what was coded.
        size = (rgb.shape[1], rgb.shape[0])
        book.either("jpeg", f"sampling-{name}", file, size, "factors that cameras do not use", rgb.astype(float), CLOSE)
    grey = Jpeg([Component(rgb[..., 1], 2, 2)], [jfif()]).file()
    save(book, "sampling-grey-2x2", grey, "the factors of a single component mean nothing", near=rgb[..., 1])


def scans(book):
    rgb = photo(203, 149)
    each = [Scan([0]), Scan([1]), Scan([2])]
    for sampling in ("4:4:4", "4:2:0", "4:2:2"):
        short = sampling.replace(":", "")
        file = Jpeg(color_components(rgb, sampling), [jfif()], scans=each).file()
        save(book, f"scans-each-{short}", file, f"a scan for each component, {sampling}", near=rgb)
        file = Jpeg(color_components(rgb, sampling), [jfif()], scans=[Scan([0]), Scan([1, 2])]).file()
        save(book, f"scans-chroma-together-{short}", file, f"luma, then chroma, {sampling}", near=rgb)
    file = Jpeg(color_components(rgb, "4:2:0"), [jfif()], scans=each, restart=4).file()
    save(book, "scans-each-restart", file, "restart intervals in scans of one component", near=rgb)
    bands = [Scan([0, 1, 2], 0, 0)] + [Scan([part], *band) for band in ((1, 5), (6, 63)) for part in range(3)]
    for sampling in ("4:4:4", "4:2:0", "4:4:0"):
        file = Jpeg(color_components(rgb, sampling), [jfif()], frame=0xC2, scans=bands).file()
        save(book, f"bands-{sampling.replace(':', '')}", file, f"progressive by bands alone, {sampling}", near=rgb)
    reordered = [Scan([2], 0, 0), Scan([0], 0, 0), Scan([1], 0, 0)] + [Scan([part], 1, 63) for part in (1, 0, 2)]
    file = Jpeg(color_components(rgb, "4:2:0"), [jfif()], frame=0xC2, scans=reordered).file()
    save(book, "bands-each-dc-alone", file, "progressive, each component by itself", near=rgb)
    file = Jpeg(color_components(rgb, "4:2:0"), [jfif()], frame=0xC2, scans=bands, restart=3).file()
    save(book, "bands-restart", file, "progressive by bands, restart intervals", near=rgb)
    dc = [Scan([0, 1, 2], 0, 0)]
    file = Jpeg(color_components(photo(801, 600), "4:2:0"), [jfif()], frame=0xC2, scans=dc).file()
    save(book, "bands-dc-only", file, "progressive, and nothing but DC", tolerance=MEANS)


def codes(book):
    rgb = photo(170, 130)
    variants = {
        "extended": dict(frame=0xC1), "codes-even": dict(dc=jpeg_file.DC_EVEN, ac=jpeg_file.AC_EVEN),
        "codes-long": dict(dc=jpeg_file.DC_LONG), "steps-of-16-bits": dict(frame=0xC1, wide_steps=True),
        "steps-of-1": dict(step=0.01),
    }
    for name, how in variants.items():
        source = rgb[:60, :110] if name == "steps-of-1" else rgb
        file = Jpeg(color_components(source, "4:2:0"), [jfif()], **how).file()
        save(book, name, file, name.replace("-", " "), near=source)


def markers(book):
    rgb = photo(170, 130)
    components = lambda: color_components(rgb, "4:2:0")
    plain = Jpeg(components(), [jfif()]).file()
    near = dict(near=rgb)
    save(book, "fill-bytes", Jpeg(components(), [jfif()], fill=3).file(), "bytes of 0xff before each marker", **near)
    save(book, "end-missing", plain[:-2], "no EOI", truth=decoded(plain), **near)
    save(book, "bytes-behind", plain + b"what follows the end" * 9, "bytes behind EOI", **near)
    save(book, "picture-behind", plain + pillow(photo(90, 60)[::-1], quality=60), "a second picture, as in MPO", **near)
    later = Jpeg(components(), [jfif()], height_later=True).file()
    book.either("jpeg", "height-later", later, (170, 130), "the height stands behind the first scan (DNL)", decoded(plain), CLOSE)
    save(book, "without-jfif", Jpeg(components()).file(), "neither JFIF nor Adobe: luma and chroma", **near)
    preview = pillow(255 - photo(60, 45), quality=70)
    segments = [exif_segment(exif.tiff(1, thumbnail=preview)), jfif()]
    save(book, "exif-preview", Jpeg(components(), segments).file(), "the small picture inside EXIF is not the picture", **near)
    many = [jfif()] + [marker(0xE0 + number, bytes(200)) for number in range(1, 16) if number not in (1, 2, 14)] + [marker(0xFE, b"words" * 99)]
    save(book, "segments-many", Jpeg(components(), many).file(), "segments that nobody knows", **near)
    save(book, "mpo", mpo(rgb, photo(170, 130)[::-1]), "two pictures in one file, with an index", near=rgb)
    tables = Jpeg(components(), [jfif(), marker(0xDB, bytes([1]) + bytes([9] * 64)), marker(0xDD, b"\0\0")]).file()
    save(book, "tables-unused", tables, "tables that no component uses, a restart interval of 0", **near)


def mpo(first, second):
    file = io.BytesIO()
    Image.fromarray(first).save(file, "mpo", save_all=True, append_images=[Image.fromarray(np.ascontiguousarray(second))], quality=85)
    return file.getvalue()


def orientations(book):
    upright = photo(210, 140)
    for orientation in range(1, 9):
        order = ">" if orientation % 2 else "<"
        block = b"Exif\0\0" + exif.tiff(orientation, order, filler=orientation % 3)
        stored = exif.stored(upright, orientation)
        file = pillow(stored, quality=88, exif=block)
        save(book, f"exif-{orientation}", file, f"orientation {orientation}", near=upright)
        file = pillow(exif.stored(photo(820, 610), orientation), quality=30, exif=block, progressive=orientation % 2 == 0)
        save(book, f"exif-{orientation}-large", file, f"orientation {orientation}, large")
    tall = exif.stored(photo(217, 93), 6)
    file = pillow(tall, quality=88, exif=b"Exif\0\0" + exif.tiff(6))
    for ask in (Ask(box=(50, 90)), Ask(box=(40, 80), fit="cover"), Ask(box=(70, 30), fit="fill")):
        save(book, "exif-6-boxes", file, f"orientation 6, {ask.fit} in {ask.box[0]}x{ask.box[1]}", ask=ask)
    for name, body in (("empty", b""), ("broken", b"MM\0*\xff\xff\xff\xff"), ("of-9", exif.tiff(9)), ("of-0", exif.tiff(0))):
        file = Jpeg(color_components(upright, "4:2:0"), [exif_segment(body)]).file()
        save(book, f"exif-{name}", file, "an EXIF that says nothing", truth=decoded(Jpeg(color_components(upright, "4:2:0")).file()))
    xmp = marker(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>")
    file = Jpeg(color_components(exif.stored(upright, 3), "4:2:0"), [xmp, exif_segment(exif.tiff(3))]).file()
    save(book, "exif-behind-xmp", file, "EXIF behind XMP", near=upright, truth=decoded(file))


def small_sizes(book):
    for width, height in ((1, 1), (2, 3), (7, 8), (8, 8), (9, 17), (16, 16), (17, 15), (33, 31), (100, 100), (61, 99)):
        rgb = photo(width, height)
        for sampling in ("4:4:4", "4:2:0"):
            file = Jpeg(color_components(rgb, sampling), [jfif()], step=0.1).file()
            tolerance = SMALL if sampling == "4:4:4" else chroma_tolerance(width)
            save(book, f"small-{width}x{height}-{sampling.replace(':', '')}", file, f"{width}x{height}, {sampling}", tolerance)
        file = pillow(rgb, quality=95, progressive=True, subsampling="4:4:4")
        save(book, f"small-{width}x{height}-progressive", file, f"{width}x{height}, progressive", SMALL)


def chroma_tolerance(width):
    """The fewer samples there are, the more of them lie at an edge."""
    if width <= 4:
        return TWO_SAMPLES
    return FEWEST_SAMPLES if width < 9 else FEW_SAMPLES if width < 32 else CLOSE


def rare_codings(book):
    rgb = photo(150, 110)
    size = (150, 110)
    deep = np.rint(scenes.photo(150, 110) * 4_095).astype(np.uint16)
    baseline = pillow(rgb, quality=85)
    lossless = imagecodecs.jpeg8_encode(rgb[:60, :80], lossless=True)
    twelve = imagecodecs.jpeg8_encode(deep, 90, bitspersample=12)
    own = Jpeg([Component(deep[..., 1])], frame=0xC1, bits=12, dc=jpeg_file.DC_EVEN, ac=jpeg_file.AC_EVEN, wide_steps=True).file()
    arithmetic = [jpegtran(baseline, "-arithmetic"), jpegtran(baseline, "-arithmetic", "-progressive")]
    rare = [
        ("twelve-bits", twelve, size, rgb), ("twelve-bits-grey", own, size, rgb[..., 1]),
        ("lossless", lossless, (80, 60), rgb[:60, :80]), ("arithmetic", arithmetic[0], size, rgb),
        ("arithmetic-progressive", arithmetic[1], size, rgb),
    ]
    for name, file, size, truth in rare:
        book.either("jpeg", f"rare-{name}", file, size, name.replace("-", " "), truth.astype(float), 2.5, "if-supported")


def jpegtran(file, *flags):
    return subprocess.run(["jpegtran", *flags], input=file, capture_output=True, check=True).stdout


def damaged(book):
    rgb = photo(330, 250)
    size = (330, 250)
    for name, how in (("baseline", {}), ("progressive", dict(progressive=True)), ("restart", dict(restart_marker_blocks=4))):
        file = pillow(rgb, quality=80, **how)
        for percent in (40, 70, 95):
            book.either("jpeg", f"cut-{percent}-{name}", file[: len(file) * percent // 100], size, f"cut at {percent} %, {name}")
        at = len(file) * 6 // 10
        changed = file[:at] + bytes(16) + file[at + 16 :]
        book.either("jpeg", f"changed-{name}", changed, size, f"16 bytes of the pixels are wrong, {name}")
    file = pillow(rgb, quality=80, restart_marker_blocks=4)
    third = [at for at in range(len(file) - 1) if file[at] == 0xFF and 0xD0 <= file[at + 1] <= 0xD7][20:22]
    book.either("jpeg", "restart-missing", file[: third[0]] + file[third[1] :], size, "one interval is missing")
    plain = pillow(rgb, quality=80)
    scan = plain.index(b"\xff\xda")
    no_codes = remove(plain, 0xC4)
    book.either("jpeg", "codes-missing", no_codes, size, "no Huffman tables, as in frames of Motion JPEG", decoded(plain), CLOSE)
    for name, body in (("header-alone", plain[:scan]), ("start-alone", b"\xff\xd8\xff"), ("start-and-end", b"\xff\xd8\xff\xd9"),
                       ("steps-missing", remove(plain, 0xDB)), ("frame-missing", remove(plain, 0xC0)),
                       ("width-0", resized(plain, 0, 250)), ("not-a-jpeg", b"\xff\xd8\xff" + b"rubbish" * 30)):
        book.refused("jpeg", f"bad-{name}", body, "malformed", "no valid file")


def remove(file, code):
    """The file without the segments of a marker."""
    result, at = bytearray(file[:2]), 2
    while file[at + 1] != 0xDA:
        length = struct.unpack(">H", file[at + 2 : at + 4])[0] + 2
        if file[at + 1] != code:
            result += file[at : at + length]
        at += length
    return bytes(result + file[at:])


def resized(file, width, height):
    at = file.index(b"\xff\xc0") + 5
    return file[:at] + struct.pack(">HH", height, width) + file[at + 4 :]
