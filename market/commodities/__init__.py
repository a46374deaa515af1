"""What is traded nationwide: commodities, packs, price rules, quotas and observed prices.

National data: no row belongs to an organization. Everything about prices is effective-dated and
names its source; a new rule never changes what was agreed under an old one.
"""
