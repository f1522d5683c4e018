"""From a file to reports: opening it, recognising its columns, reading its rows."""
