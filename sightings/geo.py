"""Positions and distances on the earth as a sphere: degrees (WGS 84) and metres, and both in words.

A sphere is within 0.5 % of the ellipsoid, less than any radius of uncertainty in use here.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8  # mean radius R1 of the IUGG
METRES_PER_DEGREE = math.radians(1) * EARTH_RADIUS_M
FLOAT_MARGIN = 1e-9  # degrees, a tenth of a millimetre: a box may be too big, never too small

EXAMPLES = "55.7278, 37.5919 or 55°43'40\"N 37°35'31\"E"
MAX_LENGTH = 100
DIGITS_WITHOUT_RADIUS = 5
MAX_DIGITS = 6
MIN_RADIUS_M = 0.001
POINTS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")

# What people and maps write for the marks of degrees, minutes and seconds, for minus and for the hemispheres.
MARKS = str.maketrans(
    {"º": "°", "˚": "°", "′": "'", "’": "'", "ʹ": "'", "″": '"', "”": '"', "“": '"', "−": "-"}
)
RUSSIAN_HEMISPHERES = {"С": "N", "Ю": "S", "В": "E", "З": "W"}
RUSSIAN = re.compile(r"([СЮ])\.?\s*Ш\.?|([ВЗ])\.?\s*Д\.?")

NUMBER = r"[0-9]{1,3}(?:[.,][0-9]{1,15})?"
ANGLE = re.compile(rf"([+-]?)({NUMBER})\s*°?\s*(?:({NUMBER})\s*'?\s*)?(?:({NUMBER})\s*(?:\"|''|))?")
LETTERS_BEHIND = re.compile(r"([^NSEW]*[0-9][^NSEW]*)([NSEW])[\s,;]*([^NSEW]*[0-9][^NSEW]*)([NSEW])")
LETTERS_BEFORE = re.compile(r"([NSEW])([^NSEW]*[0-9][^NSEW]*?)[\s,;]*([NSEW])([^NSEW]*[0-9][^NSEW]*)")
SEPARATOR = re.compile(r"\s*;\s*|\s*,\s+|\s+,")


class PositionError(ValueError):
    """The text or the numbers are no position on the earth."""

    code = "position_invalid"

    def __init__(self, got: object, reason: str) -> None:
        super().__init__(f"{reason}. Expected a position such as {EXAMPLES}; got {str(got)[:MAX_LENGTH]!r}.")


class Position(NamedTuple):
    """Decimal degrees, north and east positive."""

    latitude: float
    longitude: float


class Box(NamedTuple):
    """An area in decimal degrees; `west` > `east` where it crosses the antimeridian, as in RFC 7946 §5.2."""

    south: float
    west: float
    north: float
    east: float

    @property
    def longitude_ranges(self) -> tuple[tuple[float, float], ...]:
        """Its longitudes as ranges from low to high, two of them across the antimeridian."""
        if self.west <= self.east:
            return ((self.west, self.east),)
        return ((self.west, 180.0), (-180.0, self.east))

    def contains(self, latitude: float, longitude: float) -> bool:
        """Whether the position, edges included, lies in the box."""
        return self.south <= latitude <= self.north and any(
            west <= longitude <= east for west, east in self.longitude_ranges
        )


def checked_position(latitude: float, longitude: float) -> Position:
    """The position, if its latitude is within ±90° and its longitude within ±180°. Raises `PositionError`."""
    if not -90 <= latitude <= 90:
        raise PositionError(latitude, "The latitude is not between -90 and 90")
    if not -180 <= longitude <= 180:
        raise PositionError(longitude, "The longitude is not between -180 and 180")
    return Position(latitude, longitude)


def haversine_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres along the surface, by the haversine formula, which keeps its digits for near points."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_north, half_east = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    chord = math.sin(half_north) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_east) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def bearing_deg(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The direction in which to set out from the first to the second: 0 ≤ degrees < 360, 90 is east."""
    phi1, phi2, turn = math.radians(lat1), math.radians(lat2), math.radians(lon2 - lon1)
    east = math.sin(turn) * math.cos(phi2)
    north = math.cos(phi1) * math.sin(phi2) - math.sin(phi1) * math.cos(phi2) * math.cos(turn)
    return _whole_circle(math.degrees(math.atan2(east, north)))


def compass_point(deg: float) -> str:
    """The nearest of eight compass points in words: 140° is "south-east"."""
    return POINTS[round(deg % 360 / 45) % len(POINTS)]


def bounding_box(lat: float, lon: float, radius_m: float) -> Box:
    """The smallest box round the circle. Round a pole it takes in every longitude. Raises `PositionError`."""
    checked_position(lat, lon)
    angle = radius_m / EARTH_RADIUS_M
    reach = math.degrees(angle) + FLOAT_MARGIN
    south, north = lat - reach, lat + reach
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
    # The circle's meridians touch it beside, not at, its centre's latitude, hence the arcsine.
    aside = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(lat))))) + FLOAT_MARGIN
    return Box(south, _wrapped(lon - aside), north, _wrapped(lon + aside))


def parse_position(text: str) -> Position:
    """Read decimal degrees or degrees, minutes and seconds, latitude first unless letters say otherwise.

    Takes signs or N S E W (also `с. ш.`, `в. д.`), decimal commas, and the marks that maps and keyboards give.
    Raises `PositionError`.
    """
    tidy = RUSSIAN.sub(_hemisphere, text[: MAX_LENGTH + 1].strip().upper().translate(MARKS))
    if len(tidy) > MAX_LENGTH:
        raise PositionError(text, f"The text is longer than {MAX_LENGTH} characters")
    (first, first_letter), (second, second_letter) = _halves(tidy, text)
    if first_letter in {"E", "W"} and second_letter in {"N", "S"}:
        return checked_position(_angle(second, second_letter, text), _angle(first, first_letter, text))
    if first_letter + second_letter not in {"", "NE", "NW", "SE", "SW"}:
        raise PositionError(text, "Two latitudes or two longitudes are no position")
    return checked_position(_angle(first, first_letter, text), _angle(second, second_letter, text))


def distance_in_words(metres: float) -> str:
    """150 m, 2.4 km, 10 km: two or three digits that matter."""
    if metres < 10:
        return f"{round(metres, 2):g} m"
    if metres < 999.5:
        return f"{metres:.0f} m"
    kilometres = metres / 1000
    return f"{kilometres:.0f} km" if kilometres >= 9.95 else f"{kilometres:.1f} km".replace(".0 ", " ")


def in_words(lat: float, lon: float, radius: float | None = None) -> str:
    """The position as `55.7278, 37.5919 ± 150 m`, with no more digits than a radius in metres warrants."""
    digits = _digits(radius)
    # Adding 0.0 turns -0.0 into 0.0.
    position = ", ".join(f"{round(angle, digits) + 0.0:.{digits}f}" for angle in (lat, lon))
    return f"{position} ± {distance_in_words(radius)}" if radius else position


def _digits(radius: float | None) -> int:
    """So many decimals that rounding moves the point by a tenth of the radius at most."""
    if not radius:
        return DIGITS_WITHOUT_RADIUS
    return min(MAX_DIGITS, max(0, math.ceil(math.log10(METRES_PER_DEGREE / (max(radius, MIN_RADIUS_M) / 5)))))


def _whole_circle(degrees: float) -> float:
    turned = degrees % 360
    return 0.0 if turned == 360 else turned  # a tiny negative angle rounds up to the full circle


def _wrapped(longitude: float) -> float:
    if longitude > 180:
        return longitude - 360
    return longitude + 360 if longitude < -180 else longitude


def _hemisphere(match: re.Match[str]) -> str:
    return RUSSIAN_HEMISPHERES[match[1] or match[2]]


def _halves(tidy: str, typed: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The two angles, each with its hemisphere's letter or ""."""
    if match := LETTERS_BEHIND.fullmatch(tidy):
        return (match[1], match[2]), (match[3], match[4])
    if match := LETTERS_BEFORE.fullmatch(tidy):
        return (match[2], match[1]), (match[4], match[3])
    for parts in (SEPARATOR.split(tidy), tidy.split(","), _even_split(tidy.split())):
        if len(parts) == 2:
            return (parts[0], ""), (parts[1], "")
    raise PositionError(typed, "The text is not two angles")


def _even_split(words: list[str]) -> list[str]:
    half, odd = divmod(len(words), 2)
    return [] if odd or not half else [" ".join(words[:half]), " ".join(words[half:])]


def _angle(text: str, letter: str, typed: str) -> float:
    match = ANGLE.fullmatch(text.strip())
    if not match or (letter and match[1]):
        raise PositionError(typed, f"{text.strip()!r} is not an angle")
    numbers = [number.replace(",", ".") for number in match.groups()[1:] if number]
    if any("." in number for number in numbers[:-1]) or any(float(number) >= 60 for number in numbers[1:]):
        raise PositionError(typed, f"{text.strip()!r} has minutes or seconds that cannot be")
    degrees = sum(float(number) / 60.0**place for place, number in enumerate(numbers))
    return -degrees if letter in {"S", "W"} or match[1] == "-" else degrees
