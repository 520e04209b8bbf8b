"""Numbers as JavaScript reads, writes and divides them. Every result is a double, shown as an int while it is whole."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

from waypost.golden.expressions.values import WHITESPACE

Number = int | float
_SAFE = 2**53
_DECIMAL = re.compile(r"[+-]?(?:Infinity|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)", re.ASCII)
_RADIX = re.compile(r"0(?:[xX]([0-9a-fA-F]+)|[oO]([0-7]+)|[bB]([01]+))")
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_EXACT = Context(prec=1200, rounding=ROUND_HALF_UP)
_MOST_DIGITS = 1100  # more digits than this are infinity in every base above 2


def whole(value: float) -> Number:
    """Return the double as an int where both mean the same; -0 stays a float."""
    if value.is_integer() and -_SAFE <= value <= _SAFE and (value or math.copysign(1, value) > 0):
        return int(value)
    return value


def double(value: Number) -> float:
    """Return any number as a double, however large."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def text_of(value: Number) -> str:
    """Write a number as JavaScript's `String(number)` does."""
    if isinstance(value, int) and -_SAFE <= value <= _SAFE:
        return str(value)
    value = double(value)
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    sign, digits, point = _digits(value)
    if point > 21 or point < -5:
        return sign + _exponential(digits, point)
    if point >= len(digits):
        return sign + digits + "0" * (point - len(digits))
    if point > 0:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    return f"{sign}0.{'0' * -point}{digits}"


def _digits(value: float) -> tuple[str, str, int]:
    """Return sign, shortest digits and the place of the point before which they stand."""
    sign, numbers, exponent = Decimal(repr(value)).as_tuple()
    digits = "".join(map(str, numbers))
    point = len(digits) + int(exponent)
    return "-" if sign else "", digits.rstrip("0") or "0", point


def _exponential(digits: str, point: int) -> str:
    power = point - 1
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'+' if power >= 0 else '-'}{abs(power)}"


def number_of(text: str) -> Number:
    """Read a whole text as `Number(text)` does: empty is 0, anything odd is NaN."""
    text = text.strip(WHITESPACE)
    if not text:
        return 0
    if _DECIMAL.fullmatch(text):
        return whole(float(text.replace("Infinity", "inf")))
    found = _RADIX.fullmatch(text)
    if not found:
        return math.nan
    for digits, base in zip(found.groups(), (16, 8, 2), strict=True):
        if digits:
            return whole(double(int(digits, base)))
    return math.nan


def parse_float(text: str) -> Number:
    """Read the number that a text begins with."""
    found = _DECIMAL.match(text.lstrip(WHITESPACE))
    return whole(float(found[0].replace("Infinity", "inf"))) if found else math.nan


def parse_int(text: str, base: Number) -> Number:
    """Read the whole number that a text begins with, in a base of 2 to 36 (0: 10, or 16 after 0x)."""
    radix = to_int32(base)
    text = text.lstrip(WHITESPACE)
    sign = -1 if text.startswith("-") else 1
    text = text[1:] if text[:1] in ("-", "+") else text
    if radix in (0, 16) and text[:2] in ("0x", "0X"):
        text, radix = text[2:], 16
    radix = radix or 10
    if not 2 <= radix <= 36:
        return math.nan
    found = _digits_of(radix).match(text)
    end = found.end() if found else 0
    if not end:
        return math.nan
    digits = text[:end].lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:
        return sign * math.inf
    value = double(int(digits, radix))
    return whole(sign * value) if value or sign > 0 else -0.0


@cache
def _digits_of(radix: int) -> re.Pattern[str]:
    return re.compile(f"[{_LETTERS[:radix]}]*", re.IGNORECASE | re.ASCII)


def to_integer(value: Number) -> Number:
    """Cut the fraction off; NaN is 0, infinities stay."""
    if isinstance(value, int):
        return value
    if value != value:
        return 0
    return value if math.isinf(value) else int(value)


def to_int32(value: Number) -> int:
    """Wrap into 32 bits with a sign."""
    wrapped = to_uint32(value)
    return wrapped - 2**32 if wrapped >= 2**31 else wrapped


def to_uint32(value: Number) -> int:
    """Wrap into 32 bits without a sign."""
    if value != value or value in (math.inf, -math.inf):
        return 0
    return int(value) % 2**32


def subtract(left: Number, right: Number) -> Number:
    return whole(double(left) - double(right))


def multiply(left: Number, right: Number) -> Number:
    return whole(double(left) * double(right))


def divide(left: Number, right: Number) -> Number:
    top, bottom = double(left), double(right)
    if bottom:
        return whole(top / bottom)
    if not top or top != top or bottom != bottom:
        return math.nan
    return math.copysign(math.inf, top) * math.copysign(1, bottom)


def remainder(left: Number, right: Number) -> Number:
    top, bottom = double(left), double(right)
    if not bottom or math.isinf(top) or top != top or bottom != bottom:
        return math.nan
    return whole(math.fmod(top, bottom))


def power(left: Number, right: Number) -> Number:
    base, exponent = double(left), double(right)
    if exponent != exponent or (abs(base) == 1 and math.isinf(exponent)):
        return math.nan
    try:
        return whole(math.pow(base, exponent))
    except OverflowError:
        is_odd = exponent.is_integer() and math.fmod(exponent, 2) != 0
        return -math.inf if base < 0 and is_odd else math.inf
    except ValueError:  # a negative base with a fraction, or zero to a negative power
        if base:
            return math.nan
        is_odd = exponent.is_integer() and math.fmod(exponent, 2) != 0
        return math.copysign(math.inf, base) if is_odd else math.inf


def negate(value: Number) -> Number:
    return whole(-double(value))


def floor(value: Number) -> Number:
    return value if isinstance(value, int) or not math.isfinite(value) else _rounded(value, math.floor(value))


def ceil(value: Number) -> Number:
    return value if isinstance(value, int) or not math.isfinite(value) else _rounded(value, math.ceil(value))


def nearest(value: Number) -> Number:
    """Round half up, as `Math.round` does."""
    if isinstance(value, int) or not math.isfinite(value):
        return value
    down = math.floor(value)
    return _rounded(value, down + 1 if value - down >= 0.5 else down)


def _rounded(value: float, result: int) -> Number:
    return -0.0 if result == 0 and math.copysign(1, value) < 0 else whole(double(result))


def fixed(value: Number, digits: int) -> str:
    """Write as `toFixed` does."""
    number = double(value)
    if not math.isfinite(number) or abs(number) >= 1e21:
        return text_of(value)
    shown = format(Decimal(abs(number)).quantize(Decimal(1).scaleb(-digits), context=_EXACT), "f")
    return "-" + shown if number < 0 else shown


def exponential(value: Number, digits: int | None) -> str:
    """Write as `toExponential` does; None is as many digits as needed."""
    number = double(value)
    if not math.isfinite(number):
        return text_of(value)
    if digits is None:
        sign, shown, point = _digits(number)
        return ("" if not number else sign) + _exponential(shown, point if number else 1)
    sign = "-" if number < 0 else ""
    if not number:
        return _exponential("0" * (digits + 1), 1)
    shown, point = _significant(number, digits + 1)
    return sign + _exponential(shown, point)


def precise(value: Number, digits: int) -> str:
    """Write as `toPrecision` does."""
    number = double(value)
    if not math.isfinite(number):
        return text_of(value)
    sign = "-" if number < 0 else ""
    shown, point = _significant(number, digits) if number else ("0" * digits, 1)
    if point < -5 or point > digits:
        return sign + _exponential(shown, point)
    if point == digits:
        return sign + shown
    if point > 0:
        return f"{sign}{shown[:point]}.{shown[point:]}"
    return f"{sign}0.{'0' * -point}{shown}"


def _significant(number: float, digits: int) -> tuple[str, int]:
    exact = Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal(Decimal(abs(number)))
    _, numbers, exponent = exact.as_tuple()
    shown = "".join(map(str, numbers))
    return shown.ljust(digits, "0"), len(shown) + int(exponent)


def in_base(value: Number, base: int) -> str:
    """Write in a base of 2 to 36, with no more digits of a fraction than it takes to tell neighbours apart."""
    number = double(value)
    if base == 10 or not math.isfinite(number):
        return text_of(value)
    sign, number = ("-", -number) if number < 0 else ("", number)
    before = int(number)
    fraction = number - before
    delta = max(0.5 * (math.nextafter(number, math.inf) - number), math.nextafter(0.0, 1.0))
    digits: list[int] = []
    while fraction >= delta:
        fraction *= base
        delta *= base
        digit = int(fraction)
        digits.append(digit)
        fraction -= digit
        if (fraction > 0.5 or (fraction == 0.5 and digit & 1)) and fraction + delta > 1:
            before += _round_up(digits, base)
            break
    tail = "".join(_LETTERS[digit] for digit in digits)
    return sign + _whole_in_base(before, base) + (f".{tail}" if tail else "")


def _round_up(digits: list[int], base: int) -> int:
    """Add one to the last digit and carry; return what is carried before the point."""
    while digits:
        if digits[-1] + 1 < base:
            digits[-1] += 1
            return 0
        digits.pop()
    return 1


def _whole_in_base(value: int, base: int) -> str:
    shown = ""
    rest = float(value)
    while rest >= _SAFE:  # what a double does not hold is shown as zeros
        rest /= base
        shown += "0"
    value = int(rest)
    while value:
        value, digit = divmod(value, base)
        shown = _LETTERS[digit] + shown
    return shown or "0"
