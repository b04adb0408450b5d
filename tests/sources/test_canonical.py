"""One publication, one key; two publications, two keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.canonical import UrlError, canonical_url

CANONICAL = {
    "HTTP://Example.ORG": "https://example.org/",
    "  https://example.org/a\n": "https://example.org/a",
    "https://example.org./a": "https://example.org/a",
    "https://example.org/a/": "https://example.org/a",
    "https://example.org/a/./b/../c": "https://example.org/a/c",
    "https://example.org/../../a": "https://example.org/a",
    "https://example.org/%2e%2e/a": "https://example.org/a",
    "https://example.org/a#part": "https://example.org/a",
    "https://example.org/a#:~:text=roof": "https://example.org/a",
    "https://example.org/#!/video/7": "https://example.org/#!/video/7",
    "https://example.org/%d0%bc%7Ea": "https://example.org/%D0%BC~a",
    "https://example.org/м b": "https://example.org/%D0%BC%20b",
    "https://example.org/100%": "https://example.org/100%25",
    "https://example.org/a?b[]=1&a=2": "https://example.org/a?a=2&b%5B%5D=1",
    "https://example.org/a?b=2&b=1&&a": "https://example.org/a?a&b=2&b=1",
    "http://example.org:80/": "https://example.org/",
    "https://example.org:443/": "https://example.org/",
    "https://example.org:/": "https://example.org/",
    "http://example.org:443/": "http://example.org:443/",
    "http://example.org:8080/": "http://example.org:8080/",
    "http://127.0.0.1:8001/a/?utm_source=x": "http://127.0.0.1:8001/a",
    "http://127.0.0.1/": "http://127.0.0.1/",
    "http://[::0001]/": "http://[::1]/",
    "http://localhost/": "http://localhost/",
    "http://①②⑦.⓪.⓪.①/": "http://127.0.0.1/",
    "https://МЕДУЗА.рф/новости": "https://xn--80ahcjw8b.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8",
    "https://Straße.example.org/": "https://xn--strae-oqa.example.org/",
    "https://r3---sn_a.example.org/": "https://r3---sn_a.example.org/",
    "https://example.org/a?utm_source=x&UTM_Medium=y&fbclid=z&gclid=1&yclid=2&mc_cid=3&p=4": "https://example.org/a?p=4",
    "https://example.org/a?amp=1": "https://example.org/a",
    "https://www.example.org/a": "https://example.org/a",
    "https://m.example.org/a": "https://example.org/a",
    "https://amp.example.co.uk/a": "https://example.co.uk/a",
    "https://www.m.example.org/a": "https://example.org/a",
    "https://m.co.uk/": "https://m.co.uk/",
    "https://m.github.io/": "https://m.github.io/",
    "https://amp.dev/": "https://amp.dev/",
    "https://m.host.test/": "https://m.host.test/",
    "https://ru.m.wikipedia.org/wiki/С-400": "https://ru.wikipedia.org/wiki/%D0%A1-400",
    "https://m.vk.com/wall-1_2": "https://vk.com/wall-1_2",
    "https://youtu.be/AbC_-1?si=x&t=10": "https://youtube.com/watch?v=AbC_-1",
    "https://m.youtube.com/watch?v=A&list=B&index=2&feature=share": "https://youtube.com/watch?v=A",
    "https://www.youtube.com/shorts/A": "https://youtube.com/watch?v=A",
    "https://www.youtube-nocookie.com/embed/A?start=3": "https://youtube.com/watch?v=A",
    "https://www.youtube.com/playlist?list=B&si=x": "https://youtube.com/playlist?list=B",
    "https://www.youtube.com/embed/videoseries?list=B": "https://youtube.com/embed/videoseries?list=B",
    "https://mobile.twitter.com/a/status/1?s=20&t=x": "https://x.com/a/status/1",
    "https://twitter.com/a/status/1/photo/2": "https://x.com/a/status/1",
    "https://x.com/search?q=a&t=x": "https://x.com/search?q=a&t=x",
    "https://t.me/s/chan/1": "https://t.me/chan/1",
    "https://t.me/chan/1?single": "https://t.me/chan/1",
    "https://telegram.me/chan/1?comment=5": "https://t.me/chan/1?comment=5",
    "https://open.spotify.com/episode/1?si=x": "https://open.spotify.com/episode/1",
    "https://m.facebook.com/story.php?story_fbid=1&id=2&mibextid=x": "https://facebook.com/story.php?id=2&story_fbid=1",
    "https://www.theguardian.com/a?CMP=share_btn": "https://theguardian.com/a",
}

DIFFERENT = [
    ("https://youtube.com/watch?v=A", "https://youtube.com/watch?v=B"),
    ("https://youtube.com/watch?v=A", "https://youtube.com/watch?v=a"),
    ("https://youtube.com/watch?v=A", "https://youtube.com/watch?v=A&lc=comment"),
    ("https://youtu.be/A", "https://youtu.be/B"),
    ("https://facebook.com/story.php?story_fbid=1&id=2", "https://facebook.com/story.php?story_fbid=3&id=2"),
    ("https://facebook.com/a?comment_id=1", "https://facebook.com/a?comment_id=2"),
    ("https://vk.com/feed?w=wall-1_2", "https://vk.com/feed?w=wall-1_3"),
    ("https://t.me/chan/1", "https://t.me/chan/2"),
    ("https://t.me/chan/1?comment=1", "https://t.me/chan/1?comment=2"),
    ("https://example.org/?p=123", "https://example.org/?p=124"),
    ("https://example.org/?a=1&a=2", "https://example.org/?a=2&a=1"),
    ("https://example.org/a%2Fb", "https://example.org/a/b"),
    ("https://example.org/A", "https://example.org/a"),
    ("https://example.org:8080/", "https://example.org:8081/"),
    ("https://a.example.org/", "https://b.example.org/"),
    ("https://example.org/#!/1", "https://example.org/#!/2"),
]

REFUSED = {
    "": "url_scheme",
    "example.org/a": "url_scheme",
    "ftp://example.org/": "url_scheme",
    "javascript:alert(1)": "url_scheme",
    "https://": "url_host",
    "https:///a": "url_host",
    "https://:80/": "url_host",
    "https://exa mple.org/": "url_host",
    "https://example..org/": "url_host",
    "https://-example.org/": "url_host",
    "https://exa%6Dple.org/": "url_host",
    "https://example.org\\a/": "url_host",
    "https://\u2665\u200d.example.org/": "url_host",
    "https://" + "a" * 64 + ".org/": "url_host",
    "http://2130706433/": "url_host",
    "http://0x7f.1/": "url_host",
    "http://127.1/": "url_host",
    "http://[fe80::1%25eth0]/": "url_host",
    "http://[::1/": "url_invalid",
    "http://[v1.a]/": "url_host",
    "https://example.org:65536/": "url_port",
    "https://user:secret@example.org/": "url_credentials",
    "https://example.org\\@example.test/": "url_credentials",
    "https://example.org/a\nb": "url_control_character",
    "https://example.org/\x00": "url_control_character",
    "https://example.org/\ud800": "url_invalid",
    "https://example.org/" + "a" * 8192: "url_too_long",
}


@pytest.mark.parametrize(("url", "expected"), CANONICAL.items())
def test_addresses_of_one_publication_share_a_key(url: str, expected: str) -> None:
    assert canonical_url(url) == expected


@pytest.mark.parametrize("expected", CANONICAL.values())
def test_a_key_is_its_own_key(expected: str) -> None:
    assert canonical_url(expected) == expected


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_identifies_is_never_dropped(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(("url", "code"), REFUSED.items())
def test_what_is_no_address_is_refused_by_code(url: str, code: str) -> None:
    with pytest.raises(UrlError) as refusal:
        canonical_url(url)
    assert refusal.value.code == code


@pytest.mark.parametrize("url", ["https://user:secret@example.org/", "https://user:secret@ex\u2100mple.org/"])
def test_a_refusal_does_not_repeat_a_password(url: str) -> None:
    with pytest.raises(UrlError) as refusal:
        canonical_url(url)
    assert "secret" not in str(refusal.value)


HOSTS = """
    example.org www.m.example.org t.me youtu.be m.youtube.com twitter.com ru.m.m.wikipedia.org localhost [::1]
    web.facebook.com 127.0.0.1 example.org:443 xn--p1ai пример.рф m.co.uk
"""
PIECES = r"""
    / s .. . %2e % %7 watch shorts embed status photo 1 ? & = v v=A utm_source=1 t=2 s=3 list=4 # #! #!/a + м
    [ %zz %C3%28 i/web \ ; :
"""
hosts = st.sampled_from(HOSTS.split())
pieces = st.sampled_from(PIECES.split())
addresses = st.builds(
    lambda scheme, host, rest: f"{scheme}://{host}/{''.join(rest)}",
    st.sampled_from(["http", "https", "HTTP"]),
    hosts,
    st.lists(pieces, max_size=10),
)


@given(addresses)
def test_canonicalising_twice_changes_nothing(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(st.one_of(st.text(), st.text().map("https://{}".format), st.text().map("http://[{}]:1/".format)))
def test_arbitrary_text_is_canonical_or_refused(text: str) -> None:
    try:
        once = canonical_url(text)
    except UrlError:
        return
    assert canonical_url(once) == once
    assert once.isascii()
