"""Pictures are what their bytes say: checked before they are decoded, set upright, and stripped of what they tell."""

import io
import random
import struct
import tracemalloc
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo

from chalicelib.kit import pictures
from chalicelib.kit.pictures import Unreadable

KINDS = ("JPEG", "PNG", "WEBP")
# What Pillow warns of is damaged metadata; that these are harmless is what the tests below are about.
DAMAGED = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def _quarters(size: tuple[int, int] = (64, 32)) -> Image.Image:
    """A picture whose four quarters differ, so that every turn shows."""
    image = Image.new("RGB", size, "white")
    half = (size[0] // 2, size[1] // 2)
    image.paste("red", (0, 0, *half))
    image.paste("blue", (0, half[1], half[0], size[1]))
    return image


def _saved(image: Image.Image, kind: str, orientation: int = 1, **options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "my secret description"
    exif.get_ifd(0x8825).update({1: "S", 2: (33.0, 51.0, 30.0), 3: "W", 4: (70.0, 40.0, 0.0)})
    exif.get_ifd(0x8769).update({0x9003: "2026:02:10 12:00:00", 0x9011: "+01:00"})
    out = io.BytesIO()
    image.save(out, kind, **{"exif": exif, **options})
    return out.getvalue()


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def _difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, of 255."""
    apart = ImageChops.difference(one.convert("L"), other.convert("L")).histogram()
    return sum(value * count for value, count in enumerate(apart)) / (one.width * one.height)


def _png(width: int, height: int) -> bytes:
    """The header of a picture and hardly anything behind it: a few bytes that claim to be a wall of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


@pytest.mark.parametrize("kind", KINDS)
def test_place_and_time_are_kept_beside_the_picture_and_nothing_of_them_is_left_in_it(kind: str) -> None:
    cleaned = pictures.clean(_saved(_quarters(), kind))
    assert cleaned.content_type == pictures.TYPES[kind]
    assert (cleaned.latitude, cleaned.longitude) == (-33.858333, -70.666667)
    assert cleaned.taken_at == datetime(2026, 2, 10, 11, tzinfo=UTC)
    assert dict(_opened(cleaned.content).getexif()) == {}
    assert b"secret" not in cleaned.content
    assert b"2026:02:10" not in cleaned.content


def test_other_places_for_words_are_emptied_as_well() -> None:
    text = PngInfo()
    text.add_text("Comment", "my secret place")
    text.add_itxt("XML:com.adobe.xmp", "<secret/>", zip=False)
    for content in (
        _saved(_quarters(), "PNG", pnginfo=text),
        _saved(_quarters(), "JPEG", comment=b"my secret place", xmp=b"<secret/>"),
        _saved(_quarters(), "WEBP", xmp=b"<secret/>"),
    ):
        assert b"secret" in content
        assert b"secret" not in pictures.clean(content).content


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_exif_says_to_turn_is_upright_without_exif(kind: str, orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    upright = _quarters()
    # A camera that is held sideways stores the picture turned, and says in EXIF how to turn it back.
    stored = upright.transpose(turns[orientation]) if orientation in turns else upright
    shown = _opened(pictures.clean(_saved(stored, kind, orientation)).content)
    assert shown.size == upright.size
    assert _difference(shown, upright) < 4


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_exif_does_not_know_turns_nothing(orientation: int) -> None:
    assert _opened(pictures.clean(_saved(_quarters(), "JPEG", orientation)).content).size == (64, 32)


def test_a_jpeg_keeps_its_quantisation_tables() -> None:
    content = _saved(_quarters(), "JPEG", quality=31)
    assert _opened(pictures.clean(content).content).quantization == _opened(content).quantization  # type: ignore[attr-defined]


def test_cleaning_the_same_bytes_twice_gives_the_same_bytes() -> None:
    for kind in KINDS:
        content = _saved(_quarters(), kind)
        assert pictures.clean(content).content == pictures.clean(content).content


def test_the_first_frame_of_a_moving_picture_and_the_main_one_of_several_are_taken() -> None:
    several = [Image.new("RGB", (64, 32), "black")]
    for kind, shown in [("WEBP", "image/webp"), ("PNG", "image/png"), ("MPO", "image/jpeg")]:
        cleaned = pictures.clean(_saved(_quarters(), kind, save_all=True, append_images=several))
        assert cleaned.content_type == shown
        assert _difference(_opened(cleaned.content), _quarters()) < 4


@pytest.mark.parametrize(
    "content",
    [
        b"", b"%PDF-1.7", b"not a picture", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>", _saved(_quarters(), "GIF", exif=b""),
        _saved(_quarters(), "BMP", exif=b""), _saved(_quarters(), "TIFF"), _saved(_quarters(), "PPM", exif=b""),
    ],
    ids=lambda content: repr(content[:8]),
)  # fmt: skip
def test_bytes_of_another_kind_are_no_picture_of_ours(content: bytes) -> None:
    assert not pictures.is_readable(content)
    with pytest.raises(Unreadable, match="the bytes are no JPEG, PNG or WebP picture"):
        pictures.clean(content)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_was_cut_short_is_damaged(kind: str) -> None:
    noise = Image.frombytes("RGB", (64, 64), random.Random(1).randbytes(64 * 64 * 3))
    content = _saved(noise, kind)
    half = content[: len(content) // 2]
    assert pictures.is_readable(content)
    assert not pictures.is_readable(half)
    with pytest.raises(Unreadable):
        pictures.clean(half)


@pytest.mark.parametrize(
    "size", [(7_072, 7_072), (50_000_001, 1), (1, 50_000_001), (65_535, 65_535), (2**31 - 1, 1_000)]
)
def test_a_wall_of_pixels_is_refused_by_its_header_before_anything_is_decoded(size: tuple[int, int]) -> None:
    bomb = _png(*size)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="50 MP fit"):
            pictures.clean(bomb)
        assert not pictures.is_readable(bomb)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_fifty_megapixels_pass_the_door_and_fail_only_because_nothing_is_behind_the_header() -> None:
    with pytest.raises(Unreadable, match="the picture is damaged"):
        pictures.clean(_png(50_000, 1_000))


@DAMAGED
@pytest.mark.parametrize("kind", KINDS)
def test_no_damage_to_any_byte_is_a_fault_of_ours(kind: str) -> None:
    chance = random.Random(kind)
    whole = _saved(_quarters((24, 16)), kind, orientation=6)
    for _ in range(1_500):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 8))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        pictures.is_readable(bytes(damaged))
        try:
            cleaned = pictures.clean(bytes(damaged))
        except Unreadable:
            continue
        assert pictures.is_readable(cleaned.content)


@pytest.mark.parametrize(
    ("place", "read"),
    [
        ({1: "N", 2: (40.0, 42.0, 46.08), 3: "E", 4: (74.0, 0.0, 21.6)}, (40.7128, 74.006)),
        ({1: "N", 2: (91.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}, (None, None)),
        ({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (181.0, 0.0, 0.0)}, (None, None)),
        ({2: (40.0, 42.0, 46.08)}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_a_place_that_makes_no_sense_says_nothing(
    place: dict[int, Any], read: tuple[float | None, float | None]
) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update(place)
    cleaned = pictures.clean(_saved(_quarters(), "JPEG", exif=exif))
    assert (cleaned.latitude, cleaned.longitude) == read


@pytest.mark.parametrize(
    "taken",
    [
        {0x9003: "2026:02:10 12:00:00"}, {0x9011: "+01:00"}, {0x9003: "yesterday", 0x9011: "+01:00"},
        {0x9003: "0001:01:01 00:00:00", 0x9011: "+14:00"}, {0x9003: "9999:12:31 23:59:59", 0x9011: "-14:00"},
        {0x9003: "2026:02:10 12:00:00", 0x9011: "+99:99"}, {0x9003: "0000:00:00 00:00:00", 0x9011: "+00:00"},
    ],
    ids=str,
)  # fmt: skip
def test_a_time_without_an_offset_or_out_of_this_world_says_nothing(taken: dict[int, str]) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update(taken)
    assert pictures.clean(_saved(_quarters(), "JPEG", exif=exif)).taken_at is None


def test_a_picture_is_made_to_fit_only_where_it_does_not() -> None:
    small = _saved(Image.effect_noise((64, 64), 90), "PNG", comment=b"secret")
    assert pictures.fit(small, 64, len(small)) == (small, "image/png")
    for side, size in ((63, 10_000_000), (64, len(small) - 1)):
        content, content_type = pictures.fit(small, side, size)
        assert (content_type, len(content) <= size, max(_opened(content).size) <= side) == ("image/jpeg", True, True)
        assert b"secret" not in content
    with pytest.raises(Unreadable, match="cannot be made to fit"):
        pictures.fit(small, 64, 10)
    with pytest.raises(Unreadable, match="damaged"):
        pictures.fit(_cut_short(), 64, 10_000)


def _cut_short() -> bytes:
    whole = _saved(_quarters((640, 320)), "JPEG")
    return whole[: len(whole) // 2]
