"""Everything that is kept or read: settings, stores, files, the taxonomy, the sample city."""
