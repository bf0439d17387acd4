"""Frames to the bytes of Parquet files and back, with faults in one line."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import InputError
from ..optional import need
from .storage import EXTRA, Folder


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return a frame as the bytes of a Parquet file; the same frame gives the same bytes.

    Parameters
    ----------
    frame : DataFrame
        The index is left out.

    Returns
    -------
    bytes
    """
    arrow, parquet = need("pyarrow", EXTRA), need("pyarrow.parquet", EXTRA)
    sink = arrow.BufferOutputStream()
    parquet.write_table(arrow.Table.from_pandas(frame, preserve_index=False), sink, compression="zstd")
    return bytes(sink.getvalue())


def parquet_table(content: bytes, where: str, columns: list[str] | None = None, **options: Any) -> Any:
    """Return the Arrow table of a Parquet file.

    Parameters
    ----------
    content : bytes
    where : str
        The file, for messages.
    columns : list of str, optional
        All by default.
    **options
        Further arguments of `pyarrow.parquet.read_table`.

    Returns
    -------
    pyarrow.Table

    Raises
    ------
    InputError
        If the file is no Parquet file or is damaged.
    """
    arrow, parquet = need("pyarrow", EXTRA), need("pyarrow.parquet", EXTRA)
    try:
        return parquet.read_table(arrow.BufferReader(content), columns=columns, **options)
    except (arrow.ArrowException, OSError) as error:
        raise damaged(where, error) from None


def parquet_columns(folder: Folder, name: str) -> dict[str, str]:
    """Return the names and types of the columns of a Parquet file, from its footer.

    Parameters
    ----------
    folder : Folder
    name : str

    Returns
    -------
    dict of str to str
        Of a dictionary the type of its values: how it is numbered depends on their number.

    Raises
    ------
    InputError
        If the file is missing, no Parquet file, or damaged.
    """
    arrow, parquet = need("pyarrow", EXTRA), need("pyarrow.parquet", EXTRA)
    with folder.opened(name) as stream:
        try:
            schema = parquet.read_schema(arrow.PythonFile(stream, mode="r"))
        except (arrow.ArrowException, OSError) as error:
            raise damaged(folder.name(name), error) from None
    return {field.name: str(getattr(field.type, "value_type", field.type)) for field in schema}


def damaged(where: str, error: Exception) -> InputError:
    """Return the error of a file that is no Parquet file, or is damaged.

    Parameters
    ----------
    where : str
        The file.
    error : Exception
        What the reader said.

    Returns
    -------
    InputError
    """
    said = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
    return InputError(f"{where}: not a Parquet file, or damaged ({said}); write it again")
