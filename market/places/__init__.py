"""Province to kelurahan with codes and coordinates, and the distances between them."""
