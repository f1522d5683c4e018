"""One relational store behind the rules: tables, locks, migrations, reading and writing."""
