"""Pre-orders: residents say what they want of a pooled good, and the cooperative's need asks for the sum."""
