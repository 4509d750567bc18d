"""Python source without running it: where it stands byte by byte, and which public API each expression refers to."""
