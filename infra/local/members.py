"""The demo's members, whose cards have the test numbers that card schemes publish; nobody was ever given such a card.

Sources of the numbers: the schemes' and payment providers' public lists of test cards.
"""

CARDS = (
    "4111111111111111",
    "5555555555554444",
    "378282246310005",
    "3530111333300000",
    "30569309025904",
    "6011111111111117",
)
"""What callers of the demo key."""
