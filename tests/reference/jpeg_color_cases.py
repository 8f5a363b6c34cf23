"""Every way in which a JPEG says what its colours are."""

import numpy as np
from PIL import Image

import colors
import jpeg_file
import scenes
from jpeg_file import Component, Jpeg, Scan, adobe, color_components, icc_segments, jfif
from jpeg_truth import CLOSE, decoded, photo, pillow, save
from thumbnails import mean_error


def add(book):
    color_models(book)
    inks(book)
    profiles(book)


def color_models(book):
    rgb = photo(203, 149)
    planes = lambda: [Component(rgb[..., channel]) for channel in range(3)]
    letters = [Component(rgb[..., channel], id=ord("RGB"[channel])) for channel in range(3)]
    save(book, "rgb-adobe", Jpeg(planes(), [adobe(0)]).file(), "RGB by Adobe's transform 0", near=rgb)
    save(book, "rgb-letters", Jpeg(letters).file(), "RGB by the names of the components", near=rgb)
    save(book, "rgb-pillow", pillow(rgb, quality=90, keep_rgb=True), "RGB by Pillow", near=rgb)
    wide = Jpeg([Component(rgb[..., channel], *factors) for channel, factors in enumerate([(1, 1), (2, 2), (1, 1)])], [adobe(0)])
    save(book, "rgb-green-fine", wide.file(), "RGB with more of green", near=rgb)
    save(book, "ycc-adobe", Jpeg(color_components(rgb, "4:2:0"), [adobe(1)]).file(), "luma and chroma by Adobe's transform 1", near=rgb)
    both = Jpeg(color_components(rgb, "4:2:0"), [jfif(), adobe(1)]).file()
    save(book, "ycc-adobe-and-jfif", both, "luma and chroma by Adobe and JFIF", near=rgb)
    numbers = color_components(rgb, "4:2:0")
    for number, part in enumerate(numbers):
        part.id = (0, 34, 35)[number] or 33
    save(book, "ycc-odd-names", Jpeg(numbers, [jfif()]).file(), "components with names of their own", near=rgb)
    progressive = [Scan([0, 1, 2], 0, 0)] + [Scan([part], 1, 63) for part in range(3)]
    file = Jpeg(planes(), [adobe(0)], frame=0xC2, scans=progressive).file()
    save(book, "rgb-adobe-progressive", file, "RGB, progressive", near=rgb)
    two = Jpeg([Component(rgb[..., 0]), Component(rgb[..., 1])], [jfif()]).file()
    book.either("jpeg", "components-2", two, (203, 149), "two components: neither grey nor colour")


def ink_amounts(width, height):
    """Amounts of cyan, magenta, yellow and black from 0 to 1, that overlap."""
    scene = scenes.photo(width, height)
    black = 0.5 * scenes.octaves(width, height, 77)
    return np.dstack([1 - scene, black])


def naive_rgb(inks):
    return 255 * (1 - inks[..., :3]) * (1 - inks[..., 3:])


def inks(book):
    amounts = ink_amounts(203, 149)
    truth = naive_rgb(amounts)
    full = 255 * amounts
    turned = 255 - full
    planes = lambda picture: [Component(picture[..., channel]) for channel in range(4)]
    # The luma of YCCK is that of the inks as they are, beside a black that is stored inverted, as libjpeg reads it.
    lightness = lambda: [Component(plane) for plane in (*jpeg_file.to_ycc(full[..., :3]), turned[..., 3])]
    cases = {
        "cmyk-adobe": (planes(turned), [adobe(0)], "CMYK by Adobe: 255 is no ink"),
        "cmyk-plain": (planes(turned), [], "CMYK without Adobe: 255 is no ink all the same, as everyone reads it"),
        "ycck-adobe": (lightness(), [adobe(2)], "YCCK by Adobe: 255 is no ink"),
    }
    for name, (components, segments, note) in cases.items():
        for restart in (0, 6):
            file = Jpeg(components, segments, restart=restart).file()
            assert mean_error(decoded(file), truth) < 3, name
            save(book, name + ("-restart" if restart else ""), file, note, CLOSE, truth)
    sampled = lightness()
    for part, factors in zip(sampled, [(2, 2), (1, 1), (1, 1), (2, 2)]):
        part.across, part.down = factors
    save(book, "ycck-adobe-420", Jpeg(sampled, [adobe(2)]).file(), "YCCK with fewer samples of chroma", CLOSE, truth)
    image = Image.fromarray(np.rint(full).astype(np.uint8), "CMYK")
    for progressive in (False, True):
        way = "progressive" if progressive else "baseline"
        file = pillow(image, quality=85, progressive=progressive)
        save(book, f"cmyk-pillow-{way}", file, f"CMYK by Pillow, {way}", CLOSE, truth)
    big = np.rint(255 * ink_amounts(850, 640)).astype(np.uint8)
    file = pillow(Image.fromarray(big, "CMYK"), quality=30)
    save(book, "cmyk-large", file, "CMYK, large", CLOSE, naive_rgb(big / 255))
    profile = colors.cmyk_profile()
    managed = colors.by_little_cms(np.rint(full), "CMYK", profile)
    segments = icc_segments(profile)
    file = Jpeg(planes(turned), [adobe(0), *segments]).file()
    save(book, "cmyk-icc", file, "CMYK with a printer's profile", CLOSE, managed)
    file = Jpeg(lightness(), [adobe(2), *segments]).file()
    save(book, "ycck-icc", file, "YCCK with a printer's profile", CLOSE, managed)
    file = Jpeg(planes(turned), [adobe(0), *icc_segments(colors.rgb_profile(order=(1, 2, 0)))]).file()
    save(book, "cmyk-icc-of-rgb", file, "a profile of RGB does not fit inks", CLOSE, truth)


def profiles(book):
    rgb = photo(203, 149)
    plain = pillow(rgb, quality=90)
    rotated = colors.rgb_profile(order=(1, 2, 0))
    for name, profile in (("srgb", colors.rgb_profile()), ("p3", colors.rgb_profile(colors.DISPLAY_P3)),
                          ("adobe", colors.rgb_profile(colors.ADOBE_RGB, 2.2)), ("rotated", rotated)):
        file = pillow(rgb, quality=90, icc_profile=profile)
        truth = colors.by_little_cms(decoded(plain), "RGB", profile)
        save(book, f"icc-{name}", file, f"ICC: {name}", CLOSE, truth)
    pieces = icc_segments(rotated, 4)
    components = color_components(rgb, "4:4:4")
    file = Jpeg(components, [jfif(), *pieces]).file()
    truth = colors.by_little_cms(decoded(file), "RGB", rotated)
    save(book, "icc-in-pieces", file, "a profile in four segments", CLOSE, truth)
    file = Jpeg(components, [jfif(), *reversed(pieces)]).file()
    save(book, "icc-in-pieces-turned", file, "a profile in four segments, the last first", CLOSE, truth)
    file = Jpeg(components, [jfif(), *pieces[:2]]).file()
    save(book, "icc-in-pieces-missing", file, "a profile of which two segments are missing is none", CLOSE, near=rgb)
    progressive = pillow(rgb, quality=90, icc_profile=rotated, progressive=True)
    truth = colors.by_little_cms(decoded(progressive), "RGB", rotated)
    save(book, "icc-rotated-progressive", progressive, "ICC, progressive", CLOSE, truth)
    grey = rgb[..., 1]
    file = pillow(grey, quality=90, icc_profile=colors.grey_profile(1.0))
    save(book, "icc-grey", file, "ICC of a grey picture", CLOSE, 255 * colors.linear_to_srgb(decoded(file, "L") / 255))
    for name, profile in (("broken", bytes(range(1, 200))), ("of-grey", colors.grey_profile(1.0)), ("of-inks", colors.cmyk_profile(3))):
        file = pillow(rgb, quality=90, icc_profile=profile)
        save(book, f"icc-{name}", file, "a profile that does not fit is none", CLOSE, decoded(plain))
    deep = pillow(photo(850, 640), quality=35, icc_profile=rotated)
    save(book, "icc-rotated-large", deep, "ICC, large", CLOSE, colors.by_little_cms(decoded(deep), "RGB", rotated))
