"""Word correction: channel, candidates, decoder, confidence."""
