"""`first-spike import-weights`, for those who know it by this name."""

if __name__ == "__main__":  # not where a process that it starts imports this file
    from entry import start

    start("first_spike.commands.import_weights")
