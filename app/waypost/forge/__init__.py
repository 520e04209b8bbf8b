"""What Waypost needs from a forge (GitHub), and its adapters."""
