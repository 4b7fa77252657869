"""`passerby response-maps`: where in pictures models look."""

from typing import TYPE_CHECKING

from passerby.cli.root import parse_with_root

if TYPE_CHECKING:
    from jsonargparse import ArgumentParser


def main(arguments: list[str]) -> int:
    """Run `passerby response-maps ARGUMENTS`, print the page's path and return the exit status."""
    from passerby.pipelines.response_maps import response_map_page

    def build(parser: "ArgumentParser") -> None:
        parser.add_function_arguments(response_map_page, as_positional=True, skip={"root"})

    given = parse_with_root(
        build,
        arguments,
        prog="passerby response-maps",
        about="Show where one or two models look in queries and in right answers to them.",
    )
    print(response_map_page(**given.as_dict()))
    return 0
