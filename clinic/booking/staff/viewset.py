"""The inbox as Wagtail registers it. Requests come from patients: nothing can be added, edited or deleted here."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import ModelPermissionPolicy

from clinic.booking.models import BookingRequest, Delivery
from clinic.booking.staff import changes, views


class InboxViewSet(ModelViewSet):
    """The list, one request, and five buttons."""

    model = BookingRequest
    name = "inbox"
    icon = "mail"
    menu_label = _("Inbox")
    menu_name = "inbox"
    menu_order = 10
    add_to_admin_menu = True
    add_to_reference_index = False
    list_per_page = 25
    inspect_view_enabled = True
    copy_view_enabled = False
    index_view_class = views.InboxView
    index_template_name = views.InboxView.template_name
    index_results_template_name = views.InboxView.results_template_name

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """No view of Wagtail's may lead to what there is not."""
        absent = dict.fromkeys(
            ("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name"), self.UNDEFINED
        )
        return super().get_common_view_kwargs(**absent, **kwargs)

    def get_urlpatterns(self) -> list[URLPattern]:
        """Only these."""
        sending = ModelPermissionPolicy(Delivery)
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<int:pk>/", self.construct_view(views.RequestView), name="inspect"),
            path("<int:pk>/handle/", self.construct_view(changes.HandleView), name="handle"),
            path("<int:pk>/cancel/", self.construct_view(changes.CancelView), name="cancel"),
            path("<int:pk>/reopen/", self.construct_view(changes.ReopenView), name="reopen"),
            path("<int:pk>/resend/", self.construct_view(changes.ResendView, permission_policy=sending), name="resend"),
            path(
                "<int:pk>/resend-all/",
                self.construct_view(changes.ResendAllView, permission_policy=sending),
                name="resend_all",
            ),
        ]

    def get_permissions_to_register(self) -> QuerySet[Permission]:
        """What an administrator can give to a group."""
        return Permission.objects.filter(
            codename__in=("view_bookingrequest", "handle_bookingrequest", "resend_delivery"),
            content_type__app_label="booking",
        )

    def register_admin_url_finder(self) -> None:
        """There is no page to edit a request."""
