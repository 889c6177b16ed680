"""The one policy of our own: a red flag comes before any rule."""
