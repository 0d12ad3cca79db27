"""`make probe`: what a real Amazon Connect instance answers, compared, shape by shape, with the local Connect.

`shapes` tells what a document looks like without its values, `script` asks the same harmless questions of any instance, `open_points` knows
what no document of Amazon's settles. Nothing of a value is kept or printed but error codes.
"""
