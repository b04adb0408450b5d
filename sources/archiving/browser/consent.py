"""How a banner that asks about cookies is recognised: where such banners are, and what they say.

It is never answered: what it covers, it covered for everybody who came with an empty profile.
"""

from __future__ import annotations

# Elements that hold a banner: those of the common consent managers by name, others by what they call themselves.
SELECTORS = ", ".join(
    (
        "#onetrust-banner-sdk",
        "#CybotCookiebotDialog",
        "#didomi-host",
        "#usercentrics-root",
        "#sp_message_container, [id^=sp_message_container]",
        ".fc-consent-root",
        ".qc-cmp2-container",
        ".cc-window",
        "[id*=cookie i], [class*=cookie i], [aria-label*=cookie i]",
        "[id*=consent i], [class*=consent i]",
        "[id*=gdpr i], [class*=gdpr i]",
        "dialog, [role=dialog], [aria-modal=true]",
    )
)

# "Cookie" in the languages met most; each of them is in such a banner's text, and seldom in another overlay.
WORDS = "|".join(
    (
        "cookie",
        "куки",
        "файл(ы|и|ів|ов) cookie",
        "consent to",
        "einwilligung",
        "zustimm",
        "consentement",
        "consentimiento",
        "consenso",
        "toestemming",
        "zgod[aęy]",
        "çerez",
        "ملفات تعريف الارتباط",
        "クッキー",
    )
)
