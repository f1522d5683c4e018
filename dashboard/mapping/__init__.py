"""The map: what is drawn, where it comes from, and the live layer that fetches it."""
