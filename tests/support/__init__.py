"""What tests and benches stand on: doubles that keep the same contracts as what they stand for."""
