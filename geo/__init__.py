"""Arithmetic on places, in metres: projection, clusters, outlines, density, overlap."""
