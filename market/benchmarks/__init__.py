"""What `lumbung benchmark` runs: the matcher against its yardsticks on this machine."""
