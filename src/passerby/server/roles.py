"""Who may do what: the one table of all endpoints and the role that each needs."""

from passerby.gallery.keys import Role

API = "/api/v1"
"""What every endpoint of the interface begins with."""

ROLES: dict[tuple[str, str], Role | None] = {
    # A role may do whatever a smaller one may (`Key.may`); None needs no key, for nobody's data.
    ("GET", "/"): None,
    ("GET", "/static/{name:path}"): None,
    ("GET", "/health/live"): None,
    ("GET", "/health/ready"): None,
    ("POST", f"{API}/session"): None,
    ("DELETE", f"{API}/session"): None,
    # Look and search.
    ("GET", "/metrics"): "viewer",
    ("GET", f"{API}/openapi.json"): "viewer",
    ("GET", f"{API}/session"): "viewer",
    ("GET", f"{API}/stats"): "viewer",
    ("GET", f"{API}/cameras"): "viewer",
    ("GET", f"{API}/recordings"): "viewer",
    ("GET", f"{API}/recordings/{{recording}}"): "viewer",
    ("GET", f"{API}/tracklets"): "viewer",
    ("GET", f"{API}/tracklets/{{recording}}/{{number}}"): "viewer",
    ("GET", f"{API}/tracklets/{{recording}}/{{number}}/crops/{{place}}"): "viewer",
    ("POST", f"{API}/detect"): "viewer",
    ("POST", f"{API}/search/picture"): "viewer",
    ("POST", f"{API}/search/tracklet"): "viewer",
    ("POST", f"{API}/search/person"): "viewer",
    ("POST", f"{API}/search/refine"): "viewer",
    ("GET", f"{API}/search/{{search}}"): "viewer",
    ("GET", f"{API}/compare"): "viewer",
    ("POST", f"{API}/compare"): "viewer",
    ("GET", f"{API}/people"): "viewer",
    ("GET", f"{API}/people/{{person}}"): "viewer",
    ("GET", f"{API}/people/{{person}}/timeline"): "viewer",
    ("GET", f"{API}/camera-graph"): "viewer",
    ("GET", f"{API}/verdicts"): "viewer",
    # Take in, judge, say who is who.
    ("POST", f"{API}/people"): "operator",
    ("GET", f"{API}/people/suggestions"): "operator",
    ("PATCH", f"{API}/people/{{person}}"): "operator",
    ("POST", f"{API}/people/{{person}}/merge"): "operator",
    ("POST", f"{API}/people/{{person}}/assign"): "operator",
    ("POST", f"{API}/people/split"): "operator",
    ("POST", f"{API}/people/unassign"): "operator",
    ("POST", f"{API}/verdicts"): "operator",
    ("GET", f"{API}/videos"): "operator",
    ("GET", f"{API}/jobs"): "operator",
    ("POST", f"{API}/jobs"): "operator",
    ("GET", f"{API}/jobs/{{job}}"): "operator",
    ("GET", f"{API}/jobs/{{job}}/events"): "operator",
    ("POST", f"{API}/jobs/{{job}}/cancel"): "operator",
    # Keys, what is kept, what is removed, and who looked.
    ("PUT", f"{API}/cameras/{{name:path}}"): "admin",
    ("DELETE", f"{API}/people/{{person}}"): "admin",
    ("DELETE", f"{API}/tracklets/{{recording}}/{{number}}"): "admin",
    ("DELETE", f"{API}/recordings/{{recording}}"): "admin",
    ("POST", f"{API}/retention"): "admin",
    ("GET", f"{API}/audit"): "admin",
    ("GET", f"{API}/keys"): "admin",
    ("POST", f"{API}/keys"): "admin",
    ("DELETE", f"{API}/keys/{{name}}"): "admin",
}
