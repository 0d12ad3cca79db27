"""Whether bytes show one of the marks, however they are written: plain, spaced, escaped, encoded, packed, turned round, one within the other.

What is searched is decoded, not what is searched for encoded: so a number in a document in a message in a log is found, wherever it begins.
"""

import base64
import html
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from urllib.parse import unquote_to_bytes

DEEPEST = 4
"""Writings within each other: base64 of gzip of JSON with escapes is three."""
LARGEST = 50_000_000
"""Bytes that packed bytes may have when unpacked; what is beyond is not looked at."""
WHOLE = 65_536
"""Bytes up to which a value is tried as a raw stream of deflate, which has no beginning by which one could know it."""
PIECE = 250_000
"""Bytes that are looked at together."""
OVERLAP = 5_000
"""Bytes that two pieces share: longer than any number is when it is written."""

_BETWEEN = re.compile(rb"(?<=[0-9])[^0-9A-Za-z]{1,8}(?=[0-9])")
_DIGITS = re.compile(rb"[0-9]{8,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(rb"[0-9A-Fa-f]{20,}")
_ESCAPE = re.compile(rb"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})")
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_WIDE_DIGITS = re.compile(rb"[0-9]\0{1,3}[0-9]")
_GZIP = re.compile(rb"\x1f\x8b\x08")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def ways_found(data: bytes, marks: frozenset[bytes]) -> set[str]:
    """Return how the marks are written in these bytes, such as ``base64, packed, plain``; empty when they show none."""
    lengths = sorted({len(mark) for mark in marks})
    if len(data) <= PIECE:
        return set(_ways(data, marks, lengths, DEEPEST))
    found: set[str] = set()
    for start in range(0, len(data), PIECE - OVERLAP):
        found.update(_ways(data[start : start + PIECE], marks, lengths, DEEPEST))
    for inner in _packed(data):
        found.update(f"packed, {way}" for way in ways_found(inner, marks))
    return found


def _ways(data: bytes, marks: frozenset[bytes], lengths: Sequence[int], deeper: int) -> Iterator[str]:
    if _shows(_DIGITS.findall(data), marks, lengths):
        yield "plain"
    elif _shows(_DIGITS.findall(_BETWEEN.sub(b"", data)), marks, lengths):
        yield "spaced"
    if deeper:
        for way, read in _READERS:
            for inner in read(data):
                if inner and inner != data:
                    yield from (f"{way}, {found}" for found in _ways(inner, marks, lengths, deeper - 1))


def _shows(runs: Iterable[bytes], marks: frozenset[bytes], lengths: Sequence[int]) -> bool:
    return any(
        run[start : start + length] in marks
        for run in runs
        for length in lengths
        for start in range(len(run) - length + 1)
    )


def _base64(data: bytes) -> Iterator[bytes]:
    """All that could be base64, once for each place at which it may begin: a run of letters may stand before it."""
    runs = [run.translate(_URL_SAFE) for run in _BASE64.findall(data)]
    for start in range(4):
        # One letter too many says nothing; what is missing at the end of four was padding.
        parts = (part[:-1] if len(part) % 4 == 1 else part for part in (run[start:] for run in runs))
        yield b"\n".join(base64.b64decode(part + b"=" * (-len(part) % 4)) for part in parts)


def _hex(data: bytes) -> Iterator[bytes]:
    runs = _HEX.findall(data)
    for start in range(2):
        parts = (run[start:] for run in runs)
        yield b"\n".join(bytes.fromhex(part[: len(part) // 2 * 2].decode()) for part in parts)


def _url(data: bytes) -> Iterator[bytes]:
    if b"%" in data:
        yield unquote_to_bytes(data)


def _escapes(data: bytes) -> Iterator[bytes]:
    if _ESCAPE.search(data):
        yield _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)).encode(errors="replace"), data)


def _entities(data: bytes) -> Iterator[bytes]:
    if b"&#" in data:
        yield html.unescape(data.decode(errors="replace")).encode(errors="replace")


def _other_digits(data: bytes) -> Iterator[bytes]:
    """Digits of other scripts and widths, such as those that Japanese keyboards write."""
    if not data.isascii() and _OTHER_DIGIT.search(text := data.decode(errors="replace")):
        yield _OTHER_DIGIT.sub(lambda match: str(unicodedata.digit(match[0])), text).encode()


def _wide(data: bytes) -> Iterator[bytes]:
    """UTF-16 and UTF-32, in which each digit has empty bytes beside it."""
    if _WIDE_DIGITS.search(data):
        yield data.replace(b"\0", b"")


def _packed(data: bytes) -> Iterator[bytes]:
    places = [(match.start(), 31) for match in _GZIP.finditer(data)]
    if data[:1] == b"\x78":
        places.append((0, 15))
    elif len(data) <= WHOLE and not data.isascii():
        places.append((0, -15))
    for start, window in places:
        with suppress(zlib.error):
            yield zlib.decompressobj(window).decompress(data[start:], LARGEST)


_READERS: tuple[tuple[str, Callable[[bytes], Iterator[bytes]]], ...] = (
    ("base64", _base64),
    ("hex", _hex),
    ("url", _url),
    ("escapes", _escapes),
    ("entities", _entities),
    ("other digits", _other_digits),
    ("wide", _wide),
    ("packed", _packed),
)
