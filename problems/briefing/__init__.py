"""The weekly briefing: what the state was at the end of a week, section by section, as it was known on some day."""
