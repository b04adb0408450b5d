"""From a publication of the case and its content file to the HTML of its stand-in page."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template

from seeds.errors import SeedError
from seeds.model import CaseFile, PublicationSeed

HERE = Path(__file__).parent
CONTENT = HERE / "content"
TEMPLATES = HERE / "templates"

BANNER = {
    "en": "Stand-in page made for a demonstration, in the project's own words: not the text of any outlet.",
    "ru": "Условная страница, созданная для демонстрации. Написана словами проекта: это не текст издания.",
}
ORIGINS = {"en": "Draws on", "ru": "Использованы материалы"}


@dataclass(frozen=True)
class Picture:
    """A picture of a page: file name under `media/`, text for those who cannot see it, caption."""

    file: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Content:
    """What a content file says; `body` is plain text, its paragraphs apart by an empty line."""

    published_time: datetime
    lead: str
    body: str
    pictures: tuple[Picture, ...]
    video: str = ""

    @property
    def paragraphs(self) -> list[str]:
        """The body's paragraphs, without line breaks."""
        return [" ".join(part.split()) for part in self.body.strip().split("\n\n")]


def read_content(slug: str) -> Content:
    """The content file of the publication with this slug. Raises SeedError."""
    path = CONTENT / f"{slug}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        pictures = tuple(Picture(**picture) for picture in table.pop("pictures"))
        published = datetime.fromisoformat(table.pop("published_time"))
        return Content(published_time=published, pictures=pictures, **table)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise SeedError(f"{path}: expected a content file with its keys, got: {error!r}") from error


def render_page(case: CaseFile, publication: PublicationSeed) -> str:
    """The whole HTML page of a publication. Raises SeedError when its content file is missing or wrong."""
    content = read_content(publication.slug)
    source = next(source.name for source in case.sources if source.slug == publication.source)
    return _template("page.html").substitute(
        language=publication.language,
        title=escape(publication.title),
        author=escape(f"{source.split(' (')[0]} stand-in desk"),
        source=escape(source),
        lead=escape(content.lead),
        hero=f"../media/{content.pictures[0].file}",
        published_time=content.published_time.isoformat(),
        published_date=content.published_time.date().isoformat(),
        banner=BANNER[publication.language],
        media=_media(content),
        body="\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in content.paragraphs),
        origins=_origins(case, publication),
    )


def render_index(case: CaseFile) -> str:
    """The front page: a list of the stand-ins."""
    entries = [
        f'<li><a href="{publication.path}" lang="{publication.language}">{escape(publication.title)}</a></li>'
        for publication in case.publications
    ]
    return _template("index.html").substitute(banner=BANNER["en"], entries="\n".join(entries))


def _media(content: Content) -> str:
    figures = [_figure(picture) for picture in content.pictures]
    if content.video:
        poster = content.pictures[0].file
        figures[0] = (
            f'<figure><video controls preload="metadata" poster="../media/{poster}" width="640" height="400">'
            f'<source src="../media/{content.video}" type="video/mp4"></video></figure>\n{figures[0]}'
        )
    return "\n".join(figures)


def _figure(picture: Picture) -> str:
    alt, caption = escape(picture.alt), escape(picture.caption)
    return (
        f'<figure><img src="../media/{picture.file}" alt="{alt}"><figcaption>{caption}</figcaption></figure>'
    )


def _origins(case: CaseFile, publication: PublicationSeed) -> str:
    """Links to what the page derives from; empty for a root."""
    by_slug = {entry.slug: entry for entry in case.publications}
    links = [
        f'<a href="../{origin.path}" lang="{origin.language}">{escape(origin.title)}</a>'
        for derivation in case.derivations
        if derivation.publication == publication.slug
        for origin in [by_slug[derivation.derives_from]]
    ]
    if not links:
        return ""
    return f'<p class="origins">{ORIGINS[publication.language]}: {" · ".join(links)}</p>'


def _template(name: str) -> Template:
    return Template((TEMPLATES / name).read_text(encoding="utf-8"))
