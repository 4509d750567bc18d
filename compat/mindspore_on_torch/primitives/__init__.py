"""MindSpore's operators with a constructor, `ops.MatMul(transpose_b=True)(x, y)`, that no function of MindSpore is.

Those that one is stand in mappings/primitives.yaml, from which their classes are derived.
"""
