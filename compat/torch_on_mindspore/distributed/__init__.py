"""torch.distributed for a program of one process: groups, collectives and what needs several processes, which is refused."""
