"""Synthetic contacts for the local run, until the local Connect brings real ones.

`customers` decides what happens to whom and when, `documents` writes it down as Amazon Connect does, `sending` delivers it.
"""
