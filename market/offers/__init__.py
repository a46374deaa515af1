"""What suppliers offer: prices that fall with the pooled amount, sealed until a round is published."""
