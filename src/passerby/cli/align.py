"""`passerby align`: show how a model matches the parts of two pictures."""


def main(arguments: list[str]) -> int:
    """Run `passerby align ARGUMENTS`, print the picture's path and return the exit status."""
    from jsonargparse import ArgumentParser

    from passerby.pipelines.align import align

    parser = ArgumentParser(
        prog="passerby align",
        description="Show how a model of AlignedReID matches the parts of two pictures.",
    )
    parser.add_function_arguments(align, as_positional=True)
    print(align(**parser.parse_args(arguments).as_dict()))
    return 0
