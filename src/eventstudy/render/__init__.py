"""Frames to tables and pictures; imports nothing else of the project."""
