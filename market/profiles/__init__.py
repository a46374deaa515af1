"""One account, three hats: who sells, who buys inputs, who is a member; and what a seller says of herself."""
