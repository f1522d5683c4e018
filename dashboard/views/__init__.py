"""The pages: each draws itself with its ``show()``."""
