"""The Vietnamese language: syllables, tones, letters."""
