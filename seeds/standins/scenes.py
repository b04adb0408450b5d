"""The stand-in pictures. Each function draws one scene that a report describes; none copies a photograph."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from seeds.standins.brush import Canvas, Colour
from seeds.standins.vehicles import pantsir_truck, pantsir_turret, s400_launcher

WIDTH, HEIGHT = 1280, 800
SNOW: Colour = (222, 226, 232)
SHADE: Colour = (188, 196, 208)
STONE: Colour = (196, 182, 158)


def ministry_roof() -> Image.Image:
    """An eight-storey building on a frozen river, a Pantsir turret on its roof."""
    canvas = Canvas(WIDTH, HEIGHT, seed=1)
    canvas.sky((120, 140, 170), (226, 214, 204), 640)
    for x, width, top in ((0, 170, 380), (1120, 160, 350), (1010, 130, 430)):
        canvas.box(x, top, width, 620 - top, (150, 152, 162))
    canvas.box(180, 250, 820, 390, STONE)
    canvas.box(160, 238, 860, 16, (160, 146, 124))
    canvas.windows((200, 262, 780, 368), rows=8, columns=22, lit=0.16)
    for x in (180, 580, 960):
        canvas.box(x, 254, 22, 386, (176, 160, 134))
    pantsir_turret(canvas, 585, 238, 190)
    canvas.box(0, 636, WIDTH, 34, (132, 124, 118))
    canvas.box(0, 664, WIDTH, 136, (164, 180, 196))
    _ice(canvas, 676, 760)
    return canvas.finish()


def taganka_roof() -> Image.Image:
    """A school among the low houses and domes of an old quarter, a launcher on its flat roof."""
    canvas = Canvas(WIDTH, HEIGHT, seed=2)
    canvas.sky((168, 182, 202), (232, 230, 226), 700)
    _church(canvas, 205, 520)
    for x, top, wall in (
        (40, 520, (204, 170, 120)),
        (320, 545, (176, 132, 118)),
        (1010, 500, (198, 186, 150)),
    ):
        _old_house(canvas, x, top, 230, wall)
    canvas.box(500, 400, 500, 300, (178, 104, 84))
    canvas.box(488, 388, 524, 14, SNOW)
    canvas.windows((520, 416, 460, 250), rows=4, columns=11, lit=0.1)
    canvas.box(700, 640, 90, 60, (92, 66, 58))
    pantsir_turret(canvas, 780, 388, 165, facing=-1)
    canvas.box(0, 696, WIDTH, 104, SNOW)
    canvas.line([(0, 730), (WIDTH, 722)], SHADE, 14)
    return canvas.finish()


def losiny_ostrov() -> Image.Image:
    """Two S-400 launchers with raised tubes in front of a forest."""
    canvas = Canvas(WIDTH, HEIGHT, seed=3)
    canvas.sky((150, 164, 184), (214, 218, 224), 520)
    canvas.pines(-20, 1300, 520, 260, 60)
    canvas.box(0, 500, WIDTH, 300, SNOW)
    canvas.pines(-20, 1300, 540, 200, 34)
    canvas.polygon([(0, 690), (WIDTH, 610), (WIDTH, 640), (0, 740)], SHADE)
    s400_launcher(canvas, 420, 650, 290)
    s400_launcher(canvas, 860, 625, 240)
    canvas.pines(1040, 1320, 760, 330, 4)
    return canvas.finish()


def timiryazev_fields() -> Image.Image:
    """Launchers on open experimental fields with blocks of flats on the horizon."""
    canvas = Canvas(WIDTH, HEIGHT, seed=4)
    canvas.sky((138, 158, 190), (236, 226, 214), 470)
    for index in range(11):
        tall = canvas.chance.uniform(60, 150)
        left = index * 122 - 20
        canvas.box(left, 470 - tall, 88, tall, (172, 174, 184))
        canvas.windows((left + 6, 476 - tall, 76, tall - 14), rows=int(tall // 16), columns=6, lit=0.12)
    canvas.box(0, 466, WIDTH, 334, SNOW)
    for index in range(9):
        canvas.line([(640, 470), (index * 300 - 560, 800)], SHADE, 5)
    s400_launcher(canvas, 360, 640, 270)
    s400_launcher(canvas, 800, 590, 210, raised=False)
    canvas.line([(80, 560), (1200, 520)], (120, 110, 100), 3)
    return canvas.finish()


def zarechye_road(*, sweep: float = 1.0) -> Image.Image:
    """A village road at dusk; behind a fence a Pantsir vehicle, its antenna as wide as `sweep` says."""
    canvas = Canvas(WIDTH, HEIGHT, seed=5)
    canvas.sky((62, 72, 104), (196, 160, 142), 520)
    canvas.pines(-30, 1310, 520, 240, 44)
    canvas.box(0, 505, WIDTH, 310, (176, 184, 200))
    pantsir_truck(canvas, 820, 580, 330, sweep=sweep)
    _fence(canvas, 560, 592)
    _cottage(canvas, 90, 420)
    canvas.polygon([(330, 520), (430, 520), (900, 810), (40, 810)], (118, 122, 136))
    canvas.line([(378, 530), (470, 810)], (206, 210, 220), 6)
    return canvas.finish(grain=0.1)


def dnipro_block() -> Image.Image:
    """A block of flats with a dark gap in it, and lights set down in front. No people, no blood."""
    canvas = Canvas(WIDTH, HEIGHT, seed=6)
    canvas.sky((70, 76, 92), (158, 152, 152), 690)
    canvas.box(120, 190, 1040, 480, (150, 148, 148))
    canvas.windows((140, 205, 1000, 450), rows=9, columns=24, lit=0.07)
    gap = [
        (560, 184),
        (760, 184),
        (742, 300),
        (790, 430),
        (750, 560),
        (810, 672),
        (520, 672),
        (560, 540),
        (530, 380),
    ]
    canvas.polygon([(float(x), float(y)) for x, y in gap], (40, 40, 46))
    for _ in range(90):
        x, y = canvas.chance.uniform(510, 820), canvas.chance.uniform(630, 690)
        canvas.box(x, y, canvas.chance.uniform(8, 34), canvas.chance.uniform(5, 14), (98, 94, 92))
    canvas.box(0, 684, WIDTH, 116, (196, 198, 204))
    for index in range(15):
        x = 250 + index * 54 + canvas.chance.uniform(-10, 10)
        canvas.disc(x, 716, 8, (150, 96, 40))
        canvas.disc(x, 713, 4, (255, 214, 130))
    return canvas.finish()


def pantsir_diagram() -> Image.Image:
    """A labelled side view of the vehicle, as an explainer would print it."""
    canvas = Canvas(960, 600, seed=7)
    canvas.box(0, 0, 960, 600, (242, 240, 232))
    canvas.line([(60, 500), (900, 500)], (120, 116, 108), 3)
    pantsir_truck(canvas, 460, 500, 560)
    ink = (60, 56, 50)
    for x, y, words in DIAGRAM_LABELS:
        canvas.text(x, y, words, 20, ink)
    canvas.text(60, 40, "Pantsir: missiles and guns on one vehicle", 28, ink)
    return canvas.finish(grain=0.02)


def moscow_sketch() -> Image.Image:
    """A sketch map: the ring road, the river, and the places that the reports name, with their positions."""
    canvas = Canvas(960, 760, seed=8)
    canvas.box(0, 0, 960, 760, (236, 234, 226))
    canvas.disc(560, 350, 262, (204, 202, 192))
    canvas.disc(560, 350, 252, (244, 243, 238))
    river = [(180, 250), (330, 330), (430, 300), (490, 440), (560, 362), (610, 450), (720, 470), (860, 610)]
    canvas.line([(float(x), float(y)) for x, y in river], (150, 186, 214), 12)
    for x, y, words in SKETCH_PLACES:
        canvas.disc(x, y, 8, (176, 52, 44))
        canvas.text(x + 14, y - 12, words, 18, (52, 50, 48))
    canvas.text(36, 28, "Places named in the reports (sketch, not to scale)", 24, (52, 50, 48))
    return canvas.finish(grain=0.02)


def empty_podium() -> Image.Image:
    """An empty lectern in front of a curtain, for statements that nobody is shown making."""
    canvas = Canvas(960, 600, seed=9)
    for fold in range(24):
        canvas.box(fold * 40, 0, 40, 600, (58 + fold % 2 * 10, 70 + fold % 2 * 10, 96 + fold % 2 * 12))
    canvas.box(0, 500, 960, 100, (92, 74, 60))
    canvas.polygon([(410, 300), (550, 300), (530, 520), (430, 520)], (136, 104, 74))
    canvas.polygon([(396, 280), (564, 280), (556, 304), (404, 304)], (166, 130, 94))
    canvas.line([(480, 280), (470, 236)], (30, 30, 32), 4)
    canvas.disc(469, 230, 8, (30, 30, 32))
    return canvas.finish()


DIAGRAM_LABELS: tuple[tuple[float, float, str], ...] = (
    (640, 150, "missile tubes"),
    (250, 150, "search radar"),
    (762, 400, "cab"),
    (690, 262, "guns"),
)

SKETCH_PLACES: tuple[tuple[float, float, str], ...] = (
    (560, 338, "Kremlin"),
    (500, 412, "Defence Ministry building"),
    (640, 392, "Taganka"),
    (470, 190, "Timiryazev fields"),
    (700, 170, "Losiny Ostrov"),
    (262, 448, "Zarechye"),
    (70, 376, "Novo-Ogaryovo"),
)

PICTURES: dict[str, Callable[[], Image.Image]] = {
    "ministry-roof.jpg": ministry_roof,
    "taganka-roof.png": taganka_roof,
    "losiny-ostrov.jpg": losiny_ostrov,
    "timiryazev-fields.webp": timiryazev_fields,
    "zarechye-road.jpg": zarechye_road,
    "dnipro-block.jpg": dnipro_block,
    "pantsir-diagram.png": pantsir_diagram,
    "moscow-sketch.png": moscow_sketch,
    "empty-podium.webp": empty_podium,
}


def _ice(canvas: Canvas, top: float, bottom: float) -> None:
    for _ in range(60):
        x, y = canvas.chance.uniform(-40, canvas.width), canvas.chance.uniform(top, bottom)
        canvas.box(x, y, canvas.chance.uniform(30, 130), 4, (208, 218, 228))


def _church(canvas: Canvas, x: float, base: float) -> None:
    canvas.box(x - 46, base - 150, 92, 170, (236, 232, 222))
    canvas.disc(x, base - 170, 40, (206, 164, 66))
    canvas.polygon([(x - 20, base - 200), (x + 20, base - 200), (x, base - 250)], (206, 164, 66))
    canvas.line([(x, base - 280), (x, base - 240)], (150, 116, 40), 4)


def _old_house(canvas: Canvas, x: float, top: float, width: float, wall: Colour) -> None:
    canvas.polygon([(x - 12, top), (x + width / 2, top - 62), (x + width + 12, top)], SNOW)
    canvas.box(x, top, width, 720 - top, wall)
    canvas.windows((x + 10, top + 12, width - 20, 140), rows=2, columns=5, lit=0.2)


def _cottage(canvas: Canvas, x: float, top: float) -> None:
    canvas.polygon([(x - 20, top), (x + 100, top - 84), (x + 220, top)], SNOW)
    canvas.box(x, top, 200, 120, (110, 84, 66))
    canvas.windows((x + 10, top + 20, 180, 80), rows=1, columns=3, lit=0.9)


def _fence(canvas: Canvas, left: float, base: float) -> None:
    canvas.box(left, base - 26, 720, 5, (84, 78, 76))
    for post in range(29):
        canvas.box(left + post * 25, base - 40, 6, 44, (84, 78, 76))
