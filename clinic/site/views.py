"""The demo clinic's pages: every answer the assistant can give, with its sources and its review."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from bot import settings
from clinic.answers import topics
from clinic.answers.release import load
from clinic.answers.schema import LANGUAGES


@require_safe
def answers(request: HttpRequest, language: str) -> HttpResponse:
    """All answers in one language, in the order of the topics."""
    if language not in LANGUAGES:
        raise Http404
    release = load(settings.load().content)
    said = [answer for topic in topics.ALL if (answer := release.answer(topic, language))]
    context = {
        "language": language,
        "other": next(other for other in LANGUAGES if other != language),
        "clinic": release.clinic.words(language),
        "answers": said,
    }
    return render(request, f"site/answers_{language}.html", context)


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The pages' one style sheet."""
    return HttpResponse(render_to_string("site/site.css"), content_type="text/css")


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Whether the pages can be served: the answers are readable."""
    return JsonResponse({"status": "ok", "release": load(settings.load().content).revision})
