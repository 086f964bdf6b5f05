"""The models of this machine: texts to vectors, hits ranked again, answers in words."""
