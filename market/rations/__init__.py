"""Rations: how much of a scarce good one person gets in a period, however the person buys it.

A person is a keyed fingerprint of the NIK on the card that was shown; the number itself is forgotten. The
counter, orders of the market and pre-orders all count here, when the goods change hands.
"""
