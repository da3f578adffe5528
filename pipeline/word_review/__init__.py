"""Corrections from Word: what readers changed in a plan, read back from the document they changed it in."""
