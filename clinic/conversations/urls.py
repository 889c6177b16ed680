"""The addresses of the staff room's pages, below /staff/conversations/."""

from django.urls import path

from clinic.conversations.views import listing, readings

app_name = "conversations"
urlpatterns = [
    path("", listing.Conversations.as_view(), name="index"),
    path("results/", listing.Conversations.as_view(results_only=True), name="index_results"),
    path("readings/", readings.Readings.as_view(), name="readings"),
    path("readings/results/", readings.Readings.as_view(results_only=True), name="readings_results"),
]
