"""What residents can buy: members' products and the cooperative's own packs, with approval."""
