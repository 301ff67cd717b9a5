"""Fuzzes one reader for some seconds, in a process of its own: `python -m tb.fuzz.one_reader NAME FOLDER
SECONDS SEED`, which leaves what was found in the folder."""

import sys
import tempfile
from pathlib import Path


def main():
    import atheris

    name, folder, seconds, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    with atheris.instrument_imports(include=["golden"]):
        from tb.fuzz.readers import CORPUS, LONGEST, READERS, changed, try_file

    reader = READERS[name]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"file{reader.suffix}"

        def one_input(data):
            path.write_bytes(data)
            try_file(reader, path)

        def mutator(data, size, number):
            return changed(data, atheris.Mutate, size, number)

        found, artifacts = folder / "corpus", folder / "findings"
        for one in (found, artifacts):
            one.mkdir(parents=True, exist_ok=True)
        own = dict(custom_mutator=mutator) if reader.is_archive else {}
        atheris.Setup([sys.argv[0], str(found), str(CORPUS / name), f"-max_total_time={seconds}", f"-seed={seed}",
                       f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=4096", f"-artifact_prefix={artifacts}/",
                       "-print_final_stats=1"], one_input, **own)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
