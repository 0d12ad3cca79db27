"""What people who run the centre do by hand, on this machine's centre and on AWS alike: `make replay`, `make redrive`, ….

Each tool is a module with rules apart from deeds; `place.py` says which centre it works on.
"""
