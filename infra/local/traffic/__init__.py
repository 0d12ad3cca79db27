"""Seeded days of a contact centre: who calls, writes and answers, when and for how long, and what truly happened.

`scenario` reads a day's shape from a file, `chance` has its distributions, `roster` who works when. `people` act on an exchange:
`callers` and `staff`. `day` plays one on an exchange of its own, `live` among those who are there, and `ledger` writes down what
happened. `traffic` is all of it in one local Connect, behind the `door` that `make traffic` (`__main__`) knocks at.
"""
