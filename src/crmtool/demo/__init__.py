"""The sample workspace: a deterministic generator of realistic records with history, and the source of every benchmark.

``generator.generate(plan)`` is the pure stream of changes, ``load.load(workspace, plan)`` writes it as one job, ``csvfile``
makes a Google Contacts file of any size, ``tour`` is what ``make demo`` plays.
"""
