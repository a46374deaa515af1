"""What members pay in and get back: amounts by resolution, numbered receipts that the member confirms."""
