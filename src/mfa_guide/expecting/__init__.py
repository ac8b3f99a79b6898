"""What is expected, and whether what is seen is that: shapes, matching, the difference to show."""
