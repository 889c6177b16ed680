"""`make demo`: made-up patients talk to the real assistant, so that a newcomer sees a living staff room."""
