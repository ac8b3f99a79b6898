"""Reading instructions out of the guide's pages, carrying them out, and telling what does not hold."""
