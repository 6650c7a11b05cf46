"""Other engines that can wait for a contact: each program prints what it reached, as JSON.

Each lets the same thing happen when the time is up: the rows that the raw driver writes for one
conversation, in a transaction of their own.
"""
