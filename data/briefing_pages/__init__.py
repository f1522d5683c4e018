"""Files of a briefing that people read: two printed pages, slides, and one page for a browser."""
