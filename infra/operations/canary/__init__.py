"""Whether a card number has got anywhere it must never be: numbers are planted, and everything that a centre keeps is searched."""
