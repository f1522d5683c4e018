"""The nouns and rules of problem solving: categories, lifecycles, matching, use cases."""
