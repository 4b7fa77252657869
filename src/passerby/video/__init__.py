"""Video in, tracklets out: frames, detections, tracks, crops."""
