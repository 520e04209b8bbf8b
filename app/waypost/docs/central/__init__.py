"""The central documentation site: what repositories uploaded becomes one shelf. Believes nothing of it; asks nobody.

`batch.place` is the door: the branch as it is, what the catalog says, and uploads give the changes of one commit.
"""
