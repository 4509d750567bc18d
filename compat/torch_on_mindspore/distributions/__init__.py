"""torch.distributions: probability distributions whose samples and densities autograd follows."""
