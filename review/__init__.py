"""The web app: handing in a conversation, reviewing what was made of it, and approving the plan."""
