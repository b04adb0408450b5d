"""Stylised vehicles for the stand-in pictures: a Pantsir turret, a Pantsir truck, an S-400 launcher.

Each is drawn around a ground point (x, base) with `size` as its length in pixels; `facing` is 1 for a
muzzle pointing right, -1 for left.
"""

from __future__ import annotations

from math import cos, radians, sin

from seeds.standins.brush import Canvas, Colour, Point

DARK: Colour = (46, 52, 44)
BODY: Colour = (74, 84, 66)
LIGHT: Colour = (104, 114, 90)
TYRE: Colour = (28, 28, 30)


def pantsir_turret(
    canvas: Canvas, x: float, base: float, size: float, *, facing: int = 1, sweep: float = 1.0
) -> None:
    """The turret alone, as craned onto a roof: missile tubes, two guns, tracking and search radar.

    `sweep` (-1 to 1) is the apparent width of the turning search antenna.
    """

    def at(dx: float, dy: float) -> Point:
        return x + dx * size * facing, base - dy * size

    canvas.polygon([at(-0.34, 0), at(0.34, 0), at(0.26, 0.14), at(-0.26, 0.14)], DARK)
    canvas.polygon([at(-0.24, 0.14), at(0.22, 0.14), at(0.16, 0.46), at(-0.18, 0.46)], BODY)
    canvas.disc(*at(0.06, 0.32), size * 0.09, LIGHT)
    canvas.line([at(0.1, 0.2), at(0.62, 0.36)], DARK, size * 0.03)
    for row in range(3):
        _tube(canvas, at(-0.18, 0.34 + row * 0.1), size * 0.62, size * 0.075, facing)
    canvas.line([at(-0.08, 0.46), at(-0.08, 0.78)], DARK, size * 0.04)
    half = max(abs(sweep), 0.12) * 0.2
    canvas.polygon(
        [at(-0.08 - half, 0.72), at(-0.08 + half, 0.72), at(-0.08 + half, 0.94), at(-0.08 - half, 0.94)],
        LIGHT,
    )


def pantsir_truck(canvas: Canvas, x: float, base: float, size: float, *, sweep: float = 1.0) -> None:
    """The whole vehicle on its eight-wheeled chassis."""
    _chassis(canvas, x, base, size)
    pantsir_turret(canvas, x + size * 0.08, base - size * 0.2, size * 0.5, sweep=sweep)


def s400_launcher(canvas: Canvas, x: float, base: float, size: float, *, raised: bool = True) -> None:
    """A launcher vehicle with four long tubes, standing upright or lying along the chassis."""
    _chassis(canvas, x, base, size)
    if raised:
        canvas.box(x - size * 0.5, base - size * 0.24, size * 0.3, size * 0.06, DARK)
        for tube in range(4):
            left = x - size * (0.5 - tube * 0.075)
            canvas.box(left, base - size * 0.95, size * 0.065, size * 0.85, (LIGHT, BODY)[tube % 2])
            canvas.box(left - 1, base - size * 0.97, size * 0.065 + 2, size * 0.03, DARK)
        return
    for tube in range(2):
        canvas.box(
            x - size * 0.56, base - size * (0.28 + tube * 0.09), size * 0.8, size * 0.075, (LIGHT, BODY)[tube]
        )


def _chassis(canvas: Canvas, x: float, base: float, size: float) -> None:
    canvas.box(x - size * 0.5, base - size * 0.2, size, size * 0.1, DARK)
    canvas.polygon(
        [
            (x + size * 0.3, base - size * 0.12),
            (x + size * 0.3, base - size * 0.33),
            (x + size * 0.44, base - size * 0.33),
            (x + size * 0.52, base - size * 0.22),
            (x + size * 0.52, base - size * 0.12),
        ],
        BODY,
    )
    canvas.box(x + size * 0.36, base - size * 0.3, size * 0.08, size * 0.07, (160, 176, 186))
    for wheel in (-0.4, -0.24, 0.18, 0.36):
        canvas.disc(x + size * wheel, base - size * 0.07, size * 0.07, TYRE)
        canvas.disc(x + size * wheel, base - size * 0.07, size * 0.03, LIGHT)


def _tube(
    canvas: Canvas, start: Point, length: float, thick: float, facing: int, degrees: float = 18
) -> None:
    """A missile container tilted upwards, with a lighter cap at its muzzle."""
    dx, dy = cos(radians(degrees)) * facing, -sin(radians(degrees))
    x, y = start
    end = (x + dx * length, y + dy * length)
    canvas.line([start, end], BODY, thick)
    canvas.line([(x + dx * length * 0.93, y + dy * length * 0.93), end], LIGHT, thick)
