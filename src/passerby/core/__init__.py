"""The nouns that travel between rooms, and the arithmetic that many rooms share.

Importing this package mends one trap: a torchvision built for CUDA cannot be imported beside
a CPU-only torch. See `passerby.core.torchvision_shim`.
"""

from passerby.core.torchvision_shim import ensure_torchvision

ensure_torchvision()
