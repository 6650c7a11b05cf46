"""Readers of replies that stand beside ours, each a program in an environment of its own.

They run on what `benchmarks/readers/requirements.txt` pins and import nothing of ours but `wire`,
which says what they are given and what they give back.
"""
