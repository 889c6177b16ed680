"""The addresses of the staff room's pages, below /staff/conversations/."""

from django.urls import path

from clinic.conversations.views import review, transcript

app_name = "conversations"

reading_and_review = [
    path("<int:pk>/", transcript.Transcript.as_view(), name="transcript"),
    path("turns/<int:pk>/verdict/", review.JudgeTurn.as_view(), name="judge_turn"),
    path("turns/<int:pk>/skip/", review.skip, name="skip_turn"),
    path("turns/<int:pk>/stop/", review.stop, name="stop_reviewing"),
    path("review/", review.Queue.as_view(), name="review"),
    path("review/results/", review.Queue.as_view(results_only=True), name="review_results"),
    path("review/start/", review.start, name="start_reviewing"),
]

urlpatterns = [*reading_and_review]
