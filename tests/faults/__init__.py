"""Whether `compat parity` would find a fault in an adapter: what the fixtures leave unseen, and mutations that none of them sees."""
