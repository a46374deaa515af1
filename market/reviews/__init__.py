"""Reviews by people who bought: stars, words, a photo; the seller's answer; the cooperative's moderation."""
