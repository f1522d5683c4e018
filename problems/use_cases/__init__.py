"""What people and schedules can do: each loads, decides by the rules, and saves in one unit."""
