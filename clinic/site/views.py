"""The demo clinic's pages, and the widget's files."""

from urllib.parse import urlsplit

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from bot import settings
from clinic.answers.release import Release, load
from clinic.answers.schema import Language
from clinic.booking.models import Delivery
from clinic.site import widget as chat
from clinic.site import words
from clinic.site.middleware import policy_with_widget


@require_safe
def home(request: HttpRequest, language: Language) -> HttpResponse:
    """The clinic: what it offers, when it is open, how to reach it."""
    return _page(request, "home", language)


@require_safe
def answers(request: HttpRequest, language: Language) -> HttpResponse:
    """Everything the assistant can say, with its sources and its review, in the order of the topics."""
    return _page(request, "answers", language)


@require_safe
def privacy(request: HttpRequest, language: Language) -> HttpResponse:
    """What is kept of a conversation, and whom to ask about it."""
    return _page(request, "privacy", language)


@require_safe
def site_owners(request: HttpRequest, language: Language) -> HttpResponse:
    """How to put the chat on a website: the tag, and all that can be set."""
    return _page(request, "site_owners", language)


@gzip_page
@require_safe
def widget(request: HttpRequest, name: str) -> HttpResponse:
    """One of the widget's files, for the pages of any website."""
    file = chat.files().get(name)
    if file is None:
        raise Http404
    response = HttpResponse(file.read_bytes(), content_type=chat.content_type(file))
    return _revalidated(request, response)


@gzip_page
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The pages' one style sheet."""
    return _revalidated(request, HttpResponse(render_to_string("site/site.css"), content_type="text/css"))


@require_safe
def mark(request: HttpRequest) -> HttpResponse:
    """The clinic's mark, for the browser's tab."""
    return _revalidated(request, HttpResponse(render_to_string("site/mark.svg"), content_type="image/svg+xml"))


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Whether the pages can be served: the answers are readable. `given_up` is for a monitor; null if nobody knows."""
    return JsonResponse({"status": "ok", "release": _release().revision, "given_up": _given_up()})


def _given_up() -> int | None:
    try:
        return int(Delivery.objects.to_see_to().count())
    except DatabaseError:  # not there, or not prepared: the pages do without
        return None


def _page(request: HttpRequest, page: str, language: Language) -> HttpResponse:
    release, today, server = _release(), timezone.localdate(), chat.server(request)
    context = {
        "page": page,
        "language": language,
        "other": words.other(language),
        "server": server,
        "origin": chat.origin(server),
        # Whoever serves the assistant over https serves the widget so, too.
        "site": f"{urlsplit(server).scheme}://{request.get_host()}",
        "script": reverse("widget", args=["askmeso.js"]),
        **words.of_clinic(release, language, today),
        **words.of_answers(release, language, today),
    }
    response = render(request, f"site/{language}/{page}.html", context)
    response.headers["Content-Security-Policy"] = policy_with_widget(chat.origin(server))
    return response


def _release() -> Release:
    current = settings.load()
    return load(current.content, require_review=current.require_review)


def _revalidated(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Kept by browsers, yet never old: they ask each time whether it has changed. Any website may load it."""
    set_response_etag(response)
    etag = response.headers["ETag"]
    response = get_conditional_response(request, etag=etag, response=response) or response
    patch_cache_control(response, no_cache=True, public=True)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
