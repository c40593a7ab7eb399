"""Networks that might have been the context model, as they are learned and as they are used."""
