"""What is wrong with the archive now, as the last reading of each file found it."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from osint.models import Investigation
from sources.models import Capture, CaptureFile, FilePart, FixityCheck, FixityOutcome, FixityRun

ALARMING = (FixityOutcome.CHANGED, FixityOutcome.MISSING, FixityOutcome.UNTRACKED)


def open_alerts() -> QuerySet[FixityCheck]:
    """Findings that no later reading has taken back: of a file the last one, of a stray until all was read again."""
    later_of_file = FixityCheck.objects.filter(file=OuterRef("file"), pk__gt=OuterRef("pk"))
    later_of_stray = FixityCheck.objects.filter(
        outcome=FixityOutcome.UNTRACKED, detail=OuterRef("detail"), pk__gt=OuterRef("pk")
    )
    read_again = FixityRun.objects.filter(is_whole=True, ended_at__isnull=False, pk__gt=OuterRef("run"))
    wrong = FixityCheck.objects.exclude(outcome=FixityOutcome.INTACT)
    of_file = Q(file__isnull=False) & ~Exists(later_of_file)
    of_stray = Q(outcome=FixityOutcome.UNTRACKED) & ~Exists(later_of_stray) & ~Exists(read_again)
    return wrong.filter(of_file | of_stray)


def alerts_in(case: Investigation) -> QuerySet[FixityCheck]:
    """The alerts about files that the case's captures kept, or that lie in such files."""
    kept = CaptureFile.objects.filter(file=OuterRef("file"), capture__investigation=case)
    within = FilePart.objects.filter(part=OuterRef("file"), whole__kept_by__capture__investigation=case)
    return open_alerts().filter(Exists(kept) | Exists(within))


def captures_hit(case: Investigation) -> QuerySet[Capture]:
    """The case's captures that kept what is altered or missing now."""
    files = alerts_in(case).values("file")
    kept = CaptureFile.objects.filter(
        Q(file__in=files) | Q(file__parts__part__in=files), capture=OuterRef("pk")
    )
    return case.captures.filter(Exists(kept)).select_related("publication").defer("facts")


def fixity_totals() -> dict[str, int]:
    """For metrics: how many files are changed, missing and untracked now; files and bytes read since the beginning."""
    counts = dict(open_alerts().order_by().values_list("outcome").annotate(Count("pk")))
    read = FixityRun.objects.aggregate(files=Sum("checked"), bytes=Sum("bytes_read"))
    return {
        **{str(outcome): counts.get(outcome, 0) for outcome in ALARMING},
        "files_read": read["files"] or 0,
        "bytes_read": read["bytes"] or 0,
    }
