"""What `lumbung benchmark web` runs: the product's own server against its limits and its peers."""
