"""Flows: the language (`language`), what an action asks of the world (`line`), and the player.

The player is a generator: it yields what takes time (a prompt, keys, a Lambda) and is sent the answer; everything else it asks of its `Line` at once.
So a flow plays as well on a real line as in a test or on a clock a thousand times too fast.
"""
