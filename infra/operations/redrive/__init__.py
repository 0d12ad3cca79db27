"""`make redrive QUEUE=…`: look at what could not be applied, choose, put it back where it came from.

Putting back the same letter twice harms nothing: every door keeps facts, and a fact is kept once.
"""
