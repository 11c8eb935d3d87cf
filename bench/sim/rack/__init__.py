"""What simulated instruments stand in: power, wires and what goes wrong with them."""
