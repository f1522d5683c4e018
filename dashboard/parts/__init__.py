"""The pieces that pages are drawn from: safe markup, tables, timeline, charts, forms for moves."""
