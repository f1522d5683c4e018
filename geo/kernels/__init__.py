"""The inner loops of density clustering, compiled by numba; Python's lock is free while they run.

Importing a module compiles its kernels, or loads them from the cache that an earlier process left.
Nobody does so but :mod:`geo.engine`, which knows when.
"""
