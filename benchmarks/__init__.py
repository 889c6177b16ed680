"""Speed, scale and accuracy against peers, one command each."""
