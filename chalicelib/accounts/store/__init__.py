"""The stores of the card room: its tables, and the bucket and queues beside them."""
