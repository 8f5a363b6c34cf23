"""Every way in which a PNG says what its colours are."""

import numpy as np

import colors
import png_file
import scenes
from png_file import GREY, GREY_ALPHA, PALETTE, RGB, RGBA, chunk, png
from png_truth import GAMMA, LINEAR, MANAGED, NAMES, SHRUNK, indexed, samples_of, save


def add(book):
    gammas(book)
    profiles(book)
    code_points(book)


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
        save(book, name, file, truth, LINEAR, "linear samples; alpha is linear anyway", check=False)
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
