"""`passerby train`: learn an embedding from a recipe."""


def main(arguments: list[str]) -> int:
    """Train as `arguments` say, and print where the model is and what to do with it."""
    from passerby.engine.training import rank_zero_only, train

    model = train(arguments)
    tell = rank_zero_only(print)  # of several processes only the first speaks
    tell(f"{model}\nmeasure it: passerby evaluate {model.parent} DATASET ROOT")
    return 0
