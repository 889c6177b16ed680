import pytest

pytest.register_assert_rewrite("tests.channels.questions", "tests.channels.channel")
