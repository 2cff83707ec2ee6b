"""The word lists of the sample workspace: people, places and companies of many regions and scripts, and sales desk words.

Plain text, written for this project. ``_`` stands for a space inside a word; a word that no letter table romanises carries
its romanisation for e-mail addresses and domains: ``王=wang``.
"""
