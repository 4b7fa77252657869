"""`passerby gallery audit`: who looked at whom, and who changed what."""


def main(arguments: list[str]) -> int:
    """Run `passerby gallery audit ARGUMENTS` and return its exit status."""
    import json

    from jsonargparse import ArgumentParser
    from jsonargparse.typing import PositiveInt

    from passerby.gallery.opening import open_gallery
    from passerby.gallery.times import format_time, parse_time

    parser = ArgumentParser(prog="passerby gallery audit")
    gallery = "the gallery's folder, or postgresql://USER:PASSWORD@HOST/NAME"
    parser.add_argument("gallery", metavar="GALLERY", help=gallery)
    parser.add_argument("--actor", help="only what this key, or person, did")
    parser.add_argument("--action", help="only these, such as search")
    parser.add_argument("--person", help="only what was about this person, by id")
    parser.add_argument("--since", help="only from this time on, such as 2026-05-31T14:30:00 (UTC)")
    parser.add_argument("--until", help="only up to this time")
    parser.add_argument("--last", type=PositiveInt, default=50, help="at most so many, the latest")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    given = parser.parse_args(arguments)
    since, until = (
        None if moment is None else parse_time(moment) for moment in (given.since, given.until)
    )
    with open_gallery(given.gallery) as store:
        from passerby.gallery.audit import Audit, Subject

        audit = Audit(store.database)
        records = audit.read(
            newest_first=True,
            limit=given.last,
            actor=given.actor,
            action=given.action,
            about=None if given.person is None else Subject("person", given.person),
            since=since,
            until=until,
        )
        head = audit.head()
    for record in reversed(records):
        if given.json:
            subjects = [vars(mention) for mention in record.subjects]
            about = {**vars(record), "subjects": subjects}
            print(json.dumps(about))
            continue
        whom = ", ".join(
            f"{mention.kind} {mention.id or f'{mention.alias[:8]} (unknown)'}"
            for mention in record.subjects[:5]
        )
        more = f" and {len(record.subjects) - 5} more" if len(record.subjects) > 5 else ""
        detail = json.dumps(record.detail) if record.detail else ""
        when = format_time(record.time)
        print(
            f"{record.id:>6}  {when}  {record.actor:<16}  {record.action:<14}  "
            f"{whom}{more}  {detail}"
        )
    if not given.json and head[0]:
        print(f"{head[0]} records; the last one's seal is {head[1]}")
    return 0
