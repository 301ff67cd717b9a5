"""Changes inside of an archive: its members have checksums, so that changed bytes alone would never reach a reader."""

import io
import zipfile

DATE = (1980, 1, 1, 0, 0, 0)


def changed(data, change, size, seed):
    """The bytes of the .zip archive `data` with one member replaced by change(its bytes, size); changed as a whole
    where they are none, and one time in eight."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # what is damaged surfaces as many types
        return change(data, size)
    if seed % 8 == 0 or not members:
        return change(data, size)
    names = list(members)
    name = names[seed // 8 % len(names)]
    members[name] = change(members[name], len(members[name]) + 64)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(zipfile.ZipInfo(member, DATE), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()[:size] if len(made.getvalue()) <= size else data
