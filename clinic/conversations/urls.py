"""The addresses of the staff room's pages, below /staff/conversations/."""

from django.urls import path

from clinic.conversations.views import gaps, insights

app_name = "conversations"
urlpatterns = [
    path("gaps/", gaps.GapList.as_view(), name="gaps"),
    path("gaps/results/", gaps.GapList.as_view(results_only=True), name="gaps_results"),
    path("gaps/<int:pk>/", gaps.GapPage.as_view(), name="gap"),
    path("gaps/<int:pk>/decide/", gaps.Decide.as_view(), name="decide_gap"),
    path("insights/", insights.Insights.as_view(), name="insights"),
]
