"""The keys of card entry: made, named, shown, taken out."""
