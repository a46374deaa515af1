"""Money that moves through a payment provider: one port, one adapter per provider, a local simulator.

The provider's word is the truth about money: a notice from it only says "ask me", and an answer that
never came is not a refusal. Midtrans is real life; Stripe stands behind the same port.
"""
