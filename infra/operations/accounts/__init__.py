"""Members from the card system: `make card-tokens` makes a member file there, `make accounts` brings it in (`docs/accounts.md`).

Rules (pure): `rows`. Deeds: `making` writes member files, `first_load` the form that DynamoDB imports, `bringing` uploads a file
and watches; `demo` is what the local run loads.
"""
