"""What cooperatives want to buy together: posted, approved by a second person, taken into rounds."""
