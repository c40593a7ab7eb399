"""Known damage to the structure of right documents, and how much of it a system undoes."""
