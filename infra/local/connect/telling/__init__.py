"""What Connect tells the world about the floor: contact events (`events`), contact records (`records`), agent events (`agents`).

Formats: Amazon Connect Administrator Guide, "Amazon Connect contact events", "Contact records data model", "Agent event streams data model".
`teller` decides when what is told; a document says only what is true at its moment, and is never changed afterwards.
"""
