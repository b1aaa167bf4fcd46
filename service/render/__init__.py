"""Documents: the label as PDF/A-3 with its credential and proof inside.

``service.render.label.render_label`` is the door; nothing here signs, stores or computes a footprint.
"""
