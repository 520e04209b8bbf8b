"""Tests of documentation, and what they share."""
