"""A simulation of Midtrans that speaks through the real API and the real notices, on loopback alone.

It exists so that the unmodified client, the webhook and every fault can be tried without a provider,
and so that a demo can be paid. Its account numbers are impossible, its QR leads to nobody.
"""
