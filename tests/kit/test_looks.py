"""Pictures that look alike are found to be alike, whatever their bytes; blank ones look like nothing."""

import io
import random

import pytest
from PIL import Image, ImageFilter

from chalicelib.kit import looks, pictures


def scenery(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Something like a photo: large soft patches, fine noise on them."""
    dice = random.Random(seed)
    patches = Image.frombytes("RGB", (12, 9), dice.randbytes(12 * 9 * 3)).resize(size, Image.Resampling.BICUBIC)
    return patches.filter(ImageFilter.GaussianBlur(2))


def saved(image: Image.Image, kind: str = "JPEG", **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _looks(content: bytes) -> list[str]:
    return list(pictures.clean(content).looks)


@pytest.mark.parametrize("seed", range(12))
def test_a_picture_that_was_saved_again_is_found_under_one_of_its_looks(seed: int) -> None:
    first, *variants = _looks(saved(scenery(seed), quality=92))
    assert len({first, *variants}) == 1 + looks.UNSURE_BITS
    small = scenery(seed).resize((320, 240), Image.Resampling.LANCZOS)
    bright = scenery(seed).point([min(255, round(level * 1.08)) for level in range(256)] * 3)
    for copy in (saved(scenery(seed), quality=60), saved(small, "WEBP"), saved(bright, "PNG")):
        again = _looks(copy)
        assert looks.alike(first, again[0])
        assert looks.first(first) in {looks.first(look) for look in again}


def test_other_pictures_are_not_alike() -> None:
    seen = [_looks(saved(scenery(seed), quality=80))[0] for seed in range(40)]
    assert not [1 for n, one in enumerate(seen) for other in seen[:n] if looks.alike(one, other)]


@pytest.mark.parametrize("colour", ["white", "black", "red"])
def test_blank_pictures_and_plain_gradients_have_no_look(colour: str) -> None:
    assert _looks(saved(Image.new("RGB", (640, 480), colour), "PNG")) == []
    gradient = Image.linear_gradient("L").rotate(90)
    assert _looks(saved(gradient, "PNG")) == []
    assert _looks(saved(gradient.rotate(180), "PNG")) == []


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "CMYK"])
def test_every_kind_of_pixel_has_a_look(mode: str) -> None:
    image = scenery(1).convert(mode)
    found = _looks(saved(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert len(found) == 1 + looks.UNSURE_BITS
    assert all(len(look) == 16 for look in found)
