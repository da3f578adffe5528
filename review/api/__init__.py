"""The API for other systems of a hospital: JSON under `/api/v1`, described by `/api/v1/openapi.json`.

A program acts for somebody, with a token that they made (`review.account`), and may do what they may.
"""
