"""You said, we did: the fixes that were verified in a place and a time, as residents may be told of them."""
