"""Photos: taken apart in a guarded process, and made anew without anything hidden in them."""
