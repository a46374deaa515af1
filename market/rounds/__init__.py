"""A round pools open needs, lets the matcher assign them to offers, and collects the answers."""
