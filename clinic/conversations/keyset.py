"""Pages of a list that is read newest first, each found by the row it follows: nothing is counted or skipped over.

While new rows come in, no row is shown twice and none is passed over.
"""

import datetime as dt
import re
from typing import Any

from django.core.paginator import Page
from django.db.models import Model, QuerySet
from wagtail.admin.paginator import WagtailPaginator

#: Which side of which row: "older_20261125T150000.000000Z_17".
PLACE = re.compile(r"(?P<side>older|newer)_(?P<at>\d{8}T\d{6}\.\d{6}Z)_(?P<id>\d{1,18})", re.ASCII)


class NewestFirst(WagtailPaginator):
    """Takes a list in the order of `field` and id, both descending."""

    field = "at"

    def get_page(self, number: Any) -> Page:
        """The page at a place, or the first one if there is no such place or nothing is there."""
        place = PLACE.fullmatch(number or "")
        try:
            rows = self._rows(place["side"], dt.datetime.fromisoformat(place["at"]), int(place["id"])) if place else []
        except ValueError:
            rows = []
        more = len(rows) > self.per_page
        if place and place["side"] == "older" and rows:
            return self._page(rows[: self.per_page], newer=True, older=more)
        if place and more:
            return self._page(rows[: self.per_page][::-1], newer=True, older=True)
        first = list(self.object_list[: self.per_page + 1])
        return self._page(first[: self.per_page], newer=False, older=len(first) > self.per_page)

    def _rows(self, side: str, at: dt.datetime, id: int) -> list[Any]:
        """One row more than a page takes, the nearest first."""
        rows: QuerySet[Any] = self.object_list
        if side == "older":
            beyond = rows.filter(**{f"{self.field}__lte": at}).exclude(**{self.field: at}, id__gte=id)
        else:
            beyond = rows.filter(**{f"{self.field}__gte": at}).exclude(**{self.field: at}, id__lte=id).reverse()
        return list(beyond[: self.per_page + 1])

    def _page(self, rows: list[Any], *, newer: bool, older: bool) -> Page:
        page = Page(rows, 1, self)
        page.newer = self._place("newer", rows[0]) if newer else ""
        page.older = self._place("older", rows[-1]) if older else ""
        return page

    def _place(self, side: str, row: Model) -> str:
        at: dt.datetime = getattr(row, self.field).astimezone(dt.UTC)
        return f"{side}_{at:%Y%m%dT%H%M%S.%f}Z_{row.pk}"

    #: Wagtail's lists ask for both; only this page is known.
    count = num_pages = 0

    def get_elided_page_range(self, page_number: Any) -> list[int]:
        """No page has a number."""
        return []
