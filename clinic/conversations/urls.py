"""The addresses of the staff room's pages, below /staff/conversations/."""

from django.urls import path

from clinic.conversations.views import examples, gaps, insights, listing, readings, review, transcript

app_name = "conversations"

reading = [
    path("", listing.Conversations.as_view(), name="index"),
    path("results/", listing.Conversations.as_view(results_only=True), name="index_results"),
    path("<int:pk>/", transcript.Transcript.as_view(), name="transcript"),
    path("readings/", readings.Readings.as_view(), name="readings"),
    path("readings/results/", readings.Readings.as_view(results_only=True), name="readings_results"),
]

reviewing = [
    path("review/", review.Queue.as_view(), name="review"),
    path("review/results/", review.Queue.as_view(results_only=True), name="review_results"),
    path("review/start/", review.start, name="start_reviewing"),
    path("turns/<int:pk>/verdict/", review.JudgeTurn.as_view(), name="judge_turn"),
    path("turns/<int:pk>/skip/", review.skip, name="skip_turn"),
    path("turns/<int:pk>/stop/", review.stop, name="stop_reviewing"),
]

teaching = [
    path("examples/", examples.ExampleList.as_view(), name="examples"),
    path("examples/results/", examples.ExampleList.as_view(results_only=True), name="examples_results"),
    path("examples/export/", examples.ExportExamples.as_view(), name="examples_export"),
    path("examples/<int:pk>/", examples.SecondLook.as_view(), name="example"),
    path("turns/<int:pk>/example/", examples.ProposeExample.as_view(), name="example_propose"),
    path("<int:pk>/test/", examples.ExportTest.as_view(), name="conversation_test"),
]

learning = [
    path("gaps/", gaps.GapList.as_view(), name="gaps"),
    path("gaps/results/", gaps.GapList.as_view(results_only=True), name="gaps_results"),
    path("gaps/<int:pk>/", gaps.GapPage.as_view(), name="gap"),
    path("gaps/<int:pk>/decide/", gaps.Decide.as_view(), name="decide_gap"),
    path("insights/", insights.Insights.as_view(), name="insights"),
]

urlpatterns = [*reading, *reviewing, *teaching, *learning]
