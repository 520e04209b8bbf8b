"""The door that is an issue: a form is read, shown as a dry run, agreed to, carried out, all in its comments.

What to do follows from what GitHub says of the issue now; an event is only a reason to look.
"""
