"""Setor beli: residents and members pay first, the order fires at the minimum, or everybody is paid back."""
