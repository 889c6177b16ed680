"""The addresses of the clinic's pages."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path, register_converter
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView
from wagtail.admin import urls as staff_room

from clinic.answers.schema import LANGUAGES
from clinic.site import views


class LanguageConverter:
    """A language the clinic speaks; any other is not found."""

    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        """What stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """What is put into the address."""
        return value


register_converter(LanguageConverter, "language")


def not_here(request: HttpRequest) -> HttpResponse:
    """Whatever was asked for is not there."""
    raise Http404


french_first = require_safe(RedirectView.as_view(pattern_name="home", permanent=False))

urlpatterns = [
    path("", french_first, {"language": "fr"}, name="index"),
    path("<language:language>/", views.home, name="home"),
    path("<language:language>/answers/", views.answers, name="answers"),
    path("<language:language>/privacy/", views.privacy, name="privacy"),
    path("<language:language>/site-owners/", views.site_owners, name="site_owners"),
    path("widget/<name>", views.widget, name="widget"),
    path("site.css", views.style, name="style"),
    path("mark.svg", views.mark, name="mark"),
    path("health", views.health, name="health"),
    # This project has no pages, images or documents of Wagtail's.
    re_path(r"^staff/(?:pages|images|documents|collections|workflows|choose-[\w-]+|failwhale)/", not_here),
    path("staff/", include(staff_room)),
]

#: By name: the action server has no staff room.
handler500 = "clinic.conversations.faults.page"
