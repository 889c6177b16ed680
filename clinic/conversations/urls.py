"""The addresses of the staff room, under /staff/conversations/."""

from django.urls import path

from clinic.conversations.views import examples

app_name = "conversations"

teach = [
    path("examples/", examples.ExampleList.as_view(), name="examples"),
    path("examples/results/", examples.ExampleList.as_view(results_only=True), name="examples_results"),
    path("examples/export/", examples.ExportExamples.as_view(), name="examples_export"),
    path("examples/<int:pk>/", examples.SecondLook.as_view(), name="example"),
    path("turns/<int:pk>/example/", examples.ProposeExample.as_view(), name="example_propose"),
    path("<int:pk>/test/", examples.ExportTest.as_view(), name="conversation_test"),
]

urlpatterns = [*teach]
