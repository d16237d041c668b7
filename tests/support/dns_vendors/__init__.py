"""What stands for the APIs of some DNS vendors in tests: a thread each, everything in memory.

`base.py` is what they share; a file for each says what its vendor's description says. They know
nothing of ours: requests that the description does not allow are refused as the vendor would.
"""
