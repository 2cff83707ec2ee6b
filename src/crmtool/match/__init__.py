"""Duplicates: who may be the same, how sure that is, and why.

``profile`` makes of a record what comparing needs; ``blocking`` finds the pairs worth a look among a million; ``compare`` says
feature by feature how two agree; ``weights`` turns that into one explained probability; ``grouping`` puts pairs together;
``search`` runs all of it over a store, and ``answers`` learns from what people decided.
"""
