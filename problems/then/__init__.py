"""Reports as they were known at a moment of the past: what was learnt later is taken back, report by report."""
