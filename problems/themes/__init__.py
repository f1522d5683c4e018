"""The six service themes: why residents' trust is earned or lost, with one measurable thing each."""
