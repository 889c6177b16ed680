"""The made-up conversations of the staff room's benchmark are like real ones."""

from itertools import islice, pairwise

from benchmarks import staff_room


def test_a_turn_has_about_eight_events_and_a_conversation_about_five_turns():
    events = list(islice(staff_room.conversations(), 20_000))
    turns = sum(kind == "user" for _, kind, _ in events)
    assert 8 <= len(events) / turns <= 9
    assert 4 <= turns / len({sender for sender, _, _ in events}) <= 7


def test_conversations_go_on_at_the_same_time():
    senders = [sender for sender, _, _ in islice(staff_room.conversations(), 1000)]
    changes = sum(before != after for before, after in pairwise(senders))
    assert changes > len(set(senders))
