"""What the public names of each release take: read from the frameworks, recorded in mappings/signatures, held against the table."""
