from osint.models.base import Record, new_id
from osint.models.changes import Change
from osint.models.discussion import Assignment, Comment, Notice, NoticeKind
from osint.models.heartbeats import Heartbeat
from osint.models.investigations import Investigation, Membership, Role
from osint.models.jobs import ENDED, Job, JobState
from osint.models.people import SYSTEM_USERNAME, User
from osint.models.tokens import ApiToken

__all__ = [
    "ENDED",
    "SYSTEM_USERNAME",
    "ApiToken",
    "Assignment",
    "Change",
    "Comment",
    "Heartbeat",
    "Investigation",
    "Job",
    "JobState",
    "Membership",
    "Notice",
    "NoticeKind",
    "Record",
    "Role",
    "User",
    "new_id",
]
