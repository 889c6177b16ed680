"""The inbox in Wagtail: its pages, its part of the first page, and what its log calls each change."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.log_actions import LogActionRegistry

from clinic.booking.staff.panel import InboxPanel
from clinic.booking.staff.viewset import InboxViewSet

CHANGES = {
    "handle": (_("Mark as handled"), _("Marked as handled")),
    "cancel": (_("Mark as cancelled"), _("Marked as cancelled")),
    "reopen": (_("Put back into the inbox"), _("Put back into the inbox")),
    "resend": (_("Send again"), _("Sent again what was given up")),
    "resend_all": (_("Send everything again"), _("Sent everything again")),
}


@hooks.register("register_admin_viewset")
def inbox() -> InboxViewSet:
    """The front desk's pages."""
    return InboxViewSet()


@hooks.register("construct_homepage_panels")
def inbox_on_the_first_page(request: HttpRequest, panels: list[Component]) -> None:
    """For those who may see the inbox."""
    if request.user.has_perm("booking.view_bookingrequest"):
        panels.append(InboxPanel())


@hooks.register("insert_global_admin_css")
def styles() -> str:
    """What the inbox needs beside Wagtail's own, on its pages and on the first."""
    return format_html('<link rel="stylesheet" href="{}">', static("booking/staff.css"))


@hooks.register("register_log_actions")
def name_the_changes(actions: LogActionRegistry) -> None:
    """What the log and the page of a request say of each."""
    for change, (label, message) in CHANGES.items():
        actions.register_action(f"booking.{change}", label, message)
