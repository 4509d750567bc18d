"""PyTorch source → MindSpore source, and the reverse: what was executed and means the same is rewritten, everything else stays on the imitation."""
