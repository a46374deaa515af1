"""What a seller sees of her own trade, and who sells nothing: numbers, consignment statement, fairness."""
