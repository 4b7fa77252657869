"""Backbones, necks and runtimes: images in, features out."""
