"""How much of what readers change in Word comes back: edits made by Word, LibreOffice and python-docx."""
