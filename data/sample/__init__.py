"""The sample city: its ground, its people, its reports, and the story that is replayed in it."""
