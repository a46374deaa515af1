"""The year on paper: five statements to the Indonesian standard, each figure down to its documents."""
