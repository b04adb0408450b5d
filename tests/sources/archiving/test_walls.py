"""Walls, and honest pages that look a bit like walls: small pages in the tests' own words, both ways."""

from __future__ import annotations

import pytest

from sources.archiving.appearance import look_at
from sources.archiving.readable import glance_at
from sources.archiving.verdict import Observed, Verdict, judge

URL = "https://example.org/page"
#: A paragraph of a report, in six tongues; several make an article.
REPORTS = {
    "en": "Residents of the quarter said that a launcher was lifted onto the roof at dawn and has stood there since. ",
    "ru": "Жители квартала рассказали, что на рассвете установку подняли на крышу, и с тех пор она стоит там. ",
    "uk": "Мешканці кварталу розповіли, що на світанку установку підняли на дах, і відтоді вона стоїть там. ",
    "de": "Anwohner berichten, dass im Morgengrauen ein Werfer auf das Dach gehoben wurde und dort seitdem steht. ",
    "fr": "Des habitants du quartier disent qu'un lanceur a été hissé sur le toit à l'aube et y est resté. ",
    "es": "Los vecinos del barrio dicen que al amanecer subieron un lanzador al tejado y que allí sigue. ",
    "ar": "قال سكان الحي إن منصة إطلاق رفعت إلى السطح عند الفجر وما زالت هناك منذ ذلك الحين. ",
}


def page(body: str = "", title: str = "Example Post", head: str = "") -> str:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def article(
    language: str = "en", besides: str = "", title: str = "Launcher on a roof", count: int = 8
) -> str:
    """A report of some length that also says ``besides``."""
    return page(
        f"<article><h1>{title}</h1><p>{REPORTS[language] * count}</p><p>{besides}</p></article>", title
    )


def verdict(html: str, *, media: int = 0, **changed: object) -> Verdict:
    """The verdict on a page as the http method would come to it."""
    facts = glance_at(html)
    observed = Observed(
        requested_url=URL,
        final_url=URL,
        status=200,
        body_length=len(html),
        text_length=len(facts.text),
        media_count=media,
        shown=look_at(html, facts.text),
    )
    return judge(Observed(**{**vars(observed), **changed}))


PASSWORD = '<form><input name="who"><input type="password"></form>'
SCRIPT = '<script src="/app.js"></script>'
APP = f'<div id="root"></div>{SCRIPT}'

GONE = {
    "title en": page("<p>Sorry about that.</p>", "Page not found | Example Post"),
    "title 404": page("<p>Try the search.</p>", "404"),
    "title error 404": page("<p>Try the search.</p>", "Error 404 - Example Post"),
    "title 404 not found": page("<p>Oh dear.</p>", "Example Post – 404 Not Found"),
    "title with much recommended": page(f"<p>{REPORTS['en'] * 12}</p>", "Page not found - Example Post"),
    "text en": page("<h1>Oops</h1><p>The page you are looking for has moved or never was.</p>"),
    "deleted post en": page("<p>This post has been deleted by its author.</p>"),
    "suspended account": page("<h2>Account suspended</h2><p>It broke the rules of this network.</p>"),
    "title ru": page("<p>Вернитесь на главную.</p>", "Страница не найдена — Пример"),
    "text ru": page("<p>Запись удалена или её никогда не было.</p>"),
    "bare ru": page("<h1>Ошибка 404</h1><p>Вернитесь на главную.</p>"),
    "ru removed": page("<p>Материал удалён по просьбе автора.</p>"),
    "text uk": page("<p>Сторінку не знайдено. Поверніться на головну.</p>"),
    "text de": page("<p>Die gesuchte Seite wurde nicht gefunden.</p>"),
    "title de": page("<p>Zur Startseite</p>", "Seite nicht gefunden | Beispiel"),
    "text fr": page("<p>Désolé, cette page n’existe plus.</p>"),
    "title fr": page("<p>Accueil</p>", "Page introuvable – Exemple"),
    "text es": page("<p>Lo sentimos, página no encontrada.</p>"),
    "text ar": page("<p>عذرا، الصفحة غير موجودة</p>"),
    "video en": page("<p>This video is unavailable</p>", "A video"),
    "video removed en": page("<p>This video has been removed by the uploader.</p>"),
    "video ru": page("<p>Видео недоступно</p>"),
    "video ru removed": page("<p>Видеозапись удалена её владельцем.</p>"),
    "video uk": page("<p>Відео недоступне</p>"),
    "video de": page("<p>Dieses Video ist nicht mehr verfügbar</p>"),
    "video fr": page("<p>Cette vidéo n'est plus disponible</p>"),
    "video es": page("<p>Este video no está disponible</p>"),
    "video ar": page("<p>هذا الفيديو غير متاح</p>"),
}
LOGIN = {
    "password alone": page(f"<h1>Welcome</h1>{PASSWORD}"),
    "words en": page("<p>Log in to continue to this profile.</p>"),
    "sign up en": page("<p>Sign up to see photos and videos from your friends.</p>"),
    "shell with title": page(APP, "Log in • Example Photos"),
    "shell with noscript": page(f"{APP}<noscript>Enable JavaScript and log in to continue.</noscript>"),
    "network": page("<p>You must log in to see this page.</p>", "Log into Facebook"),
    "private video": page("<p>This video is private</p>"),
    "members": page("<p>This is a members-only post.</p>"),
    "words ru": page("<p>Войдите, чтобы увидеть запись.</p>"),
    "title ru": page("<p>Добро пожаловать!</p>", "Вход | Пример"),
    "closed ru": page("<p>Это закрытый профиль</p>"),
    "words uk": page("<p>Увійдіть, щоб переглянути допис.</p>"),
    "words de": page("<p>Bitte anmelden, um diesen Beitrag zu sehen.</p>"),
    "words fr": page("<p>Connectez-vous pour voir cette publication.</p>"),
    "words es": page("<p>Inicia sesión para ver esta publicación.</p>"),
    "words ar": page("<p>سجل الدخول لمشاهدة المنشور</p>"),
}
CONSENT = {
    "words en": page(
        "<h1>Before you continue</h1><p>We use cookies and data to deliver our services. Accept all.</p>"
    ),
    "partners en": page("<p>We and our partners store and access personal data, like browsing data.</p>"),
    "wordy": page(f"<p>We value your privacy. {'Partners may store cookies on your device. ' * 40}</p>"),
    "mark": page('<div id="onetrust-banner">Cookies help us to show adverts</div>'),
    "words ru": page("<p>Мы используем cookie. Примите их, чтобы продолжить.</p>"),
    "words uk": page("<p>Ми використовуємо файли cookie. Прийняти всі cookie?</p>"),
    "words de": page("<p>Mit Werbung weiterlesen oder Abo. Zustimmung jederzeit widerrufbar.</p>"),
    "words fr": page("<p>Nous respectons votre vie privée. Continuer sans accepter.</p>"),
    "words es": page("<p>Valoramos tu privacidad. Nuestros socios guardan cookies.</p>"),
    "words ar": page("<p>نحن نقدر خصوصيتك</p>"),
}
BLOCKED = {
    "browser check": page("<p>Checking your browser before accessing the site.</p>", "Just a moment..."),
    "challenge": page('<div class="cf-turnstile"></div>'),
    "captcha words": page("<p>Please verify you are human to go on.</p>"),
    "captcha mark": page('<form><div class="g-recaptcha"></div></form>'),
    "denied": page("<h1>Access Denied</h1><p>Reference 18.2</p>", "Access Denied"),
    "traffic": page("<p>We detected unusual traffic from your network.</p>"),
    "country": page("<p>This content is not available in your country.</p>"),
    "robot ru": page("<p>Подтвердите, что вы не робот</p>"),
    "denied ru": page("<p>Доступ к информационному ресурсу ограничен на основании закона.</p>"),
    "denied uk": page("<p>Доступ заборонено</p>"),
    "denied de": page("<p>Zugriff verweigert</p>"),
    "robot fr": page("<p>Je ne suis pas un robot</p>"),
    "robot es": page("<p>No soy un robot</p>"),
    "human ar": page("<p>تحقق من أنك إنسان</p>"),
}
EMPTY = {
    "application": page(APP),
    "application in words": page(
        f"<p>JavaScript is not available. Please enable JavaScript to use this.</p>{APP}"
    ),
    "application with noscript": page(
        f"{APP}<noscript>You need to enable JavaScript to run this app.</noscript>"
    ),
    "ru": page(f"{APP}<noscript>Включите JavaScript, чтобы увидеть страницу.</noscript>"),
    "nothing": page(),
}
HONEST = {
    "report": article(),
    "short note": page(
        "<h1>Note</h1><p>The bridge was closed at noon, the city said, and opened again at three.</p>"
    ),
    "report on missing pages": article(
        besides="By evening the ministry's page could not be found, and 404 came up."
    ),
    "report on 404 in the title": article(title="404 days on the roof"),
    "unit in the title": page(f"<p>{REPORTS['en'] * 2}</p>", "404 Brigade moves to the coast - Example Post"),
    "report on a removed video": article(besides="The video has been removed since, but copies exist."),
    "report with a log-in box": article(besides=f"Log in to continue reading tomorrow's paper. {PASSWORD}"),
    "report with a cookie banner": article(besides="We and our partners use cookies. Accept all cookies."),
    "note with a cookie banner": page(
        f"<p>{REPORTS['en'] * 2}</p><div>We value your privacy. Accept cookies.</div>"
    ),
    "report on cookies": article(
        title="Before you continue: what cookies do", besides="We value your privacy, they say."
    ),
    "report on captchas": article(besides="Visitors had to verify they are human; access denied, it said."),
    "report with a captcha below": article(besides='<form><div class="g-recaptcha"></div></form>'),
    "report with noscript": article(besides="<noscript>Please enable JavaScript for comments.</noscript>"),
    "ru report on deletion": article("ru", "Позже запись удалена, а страница не найдена на сайте ведомства."),
    "ru report with login": article("ru", "Войдите, чтобы оставить комментарий."),
    "uk report": article("uk", "Згодом допис видалено, відео недоступне."),
    "de report": article("de", "Die Seite wurde nicht gefunden, hieß es; Zugriff verweigert."),
    "fr report": article("fr", "Le site affichait « page introuvable »; connectez-vous pour commenter."),
    "es report": article("es", "El sitio decía «página no encontrada». Inicia sesión para comentar."),
    "ar report": article("ar", "ظهرت على الموقع عبارة الصفحة غير موجودة"),
    "two words alike": page(
        "<p>He drew a page not founded on facts, she said, and left the room at once.</p>"
    ),
}


@pytest.mark.parametrize("html", GONE.values(), ids=GONE)
def test_a_page_that_says_it_is_not_there_is_gone(html: str) -> None:
    assert verdict(html).word == "gone"


@pytest.mark.parametrize("html", LOGIN.values(), ids=LOGIN)
def test_a_page_that_only_asks_to_log_in_is_a_login_wall(html: str) -> None:
    assert verdict(html).word == "login wall"


@pytest.mark.parametrize("html", CONSENT.values(), ids=CONSENT)
def test_a_page_that_only_asks_for_consent_is_a_consent_wall(html: str) -> None:
    assert verdict(html).word == "consent wall"


@pytest.mark.parametrize("html", BLOCKED.values(), ids=BLOCKED)
def test_a_check_or_refusal_is_blocked(html: str) -> None:
    assert verdict(html).word == "blocked"


@pytest.mark.parametrize("html", EMPTY.values(), ids=EMPTY)
def test_a_page_without_content_is_empty(html: str) -> None:
    assert verdict(html).word == "empty"


@pytest.mark.parametrize("html", HONEST.values(), ids=HONEST)
def test_an_honest_page_is_complete(html: str) -> None:
    assert verdict(html) == Verdict("complete")  # type: ignore[arg-type]  # the word as people read it


@pytest.mark.parametrize("html", [*GONE.values(), *LOGIN.values(), *CONSENT.values(), *BLOCKED.values()])
def test_every_wall_says_why(html: str) -> None:
    assert all(len(reason) > 10 for reason in verdict(html).reasons)
    assert verdict(html).reasons


def test_a_page_made_by_script_says_that_a_browser_may_help() -> None:
    assert verdict(EMPTY["application"]).reasons == (
        "the page is made by script; the browser method may show it",
    )


def test_after_its_scripts_ran_a_page_of_pictures_is_complete() -> None:
    html = page(f"<p>A photo</p>{APP}<noscript>Please enable JavaScript.</noscript>")
    assert verdict(html, media=3, in_browser=True).word == "complete"


@pytest.mark.parametrize(
    ("status", "html", "word"),
    [
        (401, page("<p>Unauthorised</p>"), "login wall"),
        (403, page("<p>Please log in to see this.</p>"), "login wall"),
        (403, page("<p>Access denied</p>"), "blocked"),
        (429, page("<p>unusual traffic</p>"), "blocked"),
        (451, page("<p>Unavailable for legal reasons</p>"), "blocked"),
        (503, page("<p>Checking your browser</p>"), "blocked"),
        (404, page("<p>Please log in</p>"), "gone"),
    ],
)
def test_a_refusal_is_understood_by_status_and_words(status: int, html: str, word: str) -> None:
    assert verdict(html, status=status).word == word


def test_a_refusal_repeats_what_the_page_says() -> None:
    found = verdict(BLOCKED["browser check"], status=503)
    assert found.reasons == (
        "the server answered with status 503",
        "the page says “checking your browser”",
    )
