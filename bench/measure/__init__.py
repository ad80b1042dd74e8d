"""What `make bench` measures; bench/run starts it."""
