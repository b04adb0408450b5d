"""What the ground floor itself puts into the registries that the floors above add to."""

from osint import health, metrics, navigation
from osint.pages import discussion, story

CASE_PHRASES = {"investigation.opened": "opened the case", "investigation.changed": "changed the case"}
MEMBER_PHRASES = {
    "membership.granted": "let in",
    "membership.changed": "changed the role of",
    "membership.revoked": "took a member off the case",
}


def register() -> None:
    """Called once, when Django starts."""
    navigation.register(navigation.Entry(0, "Overview", "case"))
    navigation.register(navigation.Entry(90, "Changes", "changes"))
    health.register("database", health.database_health)
    health.register("redis", health.redis_health)
    health.register("worker", health.worker_health)
    metrics.register("heartbeats", metrics.heartbeats)
    story.register("investigation", story.Subject(CASE_PHRASES, story.case_names))
    story.register("membership", story.Subject(MEMBER_PHRASES, story.member_names))
    discussion.register()
