"""The addresses of the clinic's pages."""

from django.urls import path
from django.views.generic import RedirectView

from clinic.site import views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="answers", permanent=False), kwargs={"language": "fr"}, name="home"),
    path("<language>/", views.answers, name="answers"),
    path("site.css", views.style, name="style"),
    path("health", views.health, name="health"),
]
