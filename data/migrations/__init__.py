"""Numbered migrations, run in order when a store is opened (:mod:`data.sql.migrating`)."""
