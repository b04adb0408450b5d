"""Lists are read by key, never by offset: the cost of a page does not grow with its depth."""

from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """Newest first. UUIDv7 keys are unique and ordered by time, so the key alone is the cursor."""

    ordering = "-id"
    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
