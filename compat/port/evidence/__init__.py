"""What was executed: calls as porting writes them, held against what the source's calls give, and the record of those that agree."""
