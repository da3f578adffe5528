"""Learns everything that is learned, from the annotated conversations of the corpus: `make weights`."""
