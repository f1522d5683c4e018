"""Pulling reports from other people's servers: only those that the settings name, and nothing they say is trusted.

``servers`` is the allow-list, ``addresses`` and ``fetching`` are the way out of this computer,
``georeport`` reads one page, ``walking`` decides what to ask next, ``spool`` keeps what has come,
``open311`` puts them together.
"""
