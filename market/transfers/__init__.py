"""Stock between cooperatives: what lies still in one becomes supply for its neighbours, at cost or below."""
