"""Reading what people write as YAML and TOML: whatever is wrong with it is one line, with the place in the file.

    entries = read_yaml(path, "snippets/list.yml", list[Entry])     # or: snippets/list.yml:7: `why`: this is missing

Where the text is a part of a file, or a part of it decides what another should be, `parse_yaml` is the first half.
"""

from __future__ import annotations

import contextlib
import difflib
import re
import tomllib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from mfa_guide.base.errors import GuideError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic_core import ErrorDetails

T = TypeVar("T")
Place = tuple[int | str, ...]
"""The way from a whole document to a part of it: names of mappings, and numbers in lists, from 0."""


class Unreadable(GuideError):
    """A text is not what it should be.

    Args:
        message: one line that says what is wrong.
        line: where, counted from 1.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True)
class Document:
    """A text that was read, and where each part of it stands."""

    content: Any
    line: Callable[[Place], int]
    """Returns the line of a part, or of the nearest that has one around it, counted from 1."""

    def validated(self, kind: type[T]) -> T:
        """Return the document as what it should be.

        Args:
            kind: a model of pydantic, or a type with models in it.

        Raises:
            Unreadable: it is no such thing.
        """
        return self.part(kind, self.content)

    def part(self, kind: type[T], content: Any, place: Place = ()) -> T:
        """Return a part of the document as what it should be.

        Args:
            kind: a model of pydantic, or a type with models in it.
            content: the part, or what was made of it.
            place: where the part is.

        Raises:
            Unreadable: it is no such thing.
        """
        try:
            return TypeAdapter(kind).validate_python(content)
        except ValidationError as error:
            first = error.errors()[0]
            whole = (*place, *first["loc"])
            raise Unreadable(_in_words(first, whole, _names(kind, first["loc"][:-1])), self.line(whole)) from None


def name_of(path: Path) -> str:
    """Return what to call a file of the package: as seen from the current directory, where it is below that."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def read_text(path: Path, name: str) -> str:
    """Return the text of a file.

    Args:
        path: the file.
        name: what to call it in errors.

    Raises:
        GuideError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise GuideError(f"{name}:{line}: this is not UTF-8: save the file as that") from None
    except OSError as error:
        raise GuideError(f"{name} cannot be read: {error.strerror}") from None


def read_yaml(path: Path, name: str, kind: type[T]) -> T:
    """Read a file of YAML; an empty one is an empty list.

    Args:
        path: the file.
        name: what to call it in errors.
        kind: what it holds: a model of pydantic, or a type with models in it.

    Raises:
        GuideError: it cannot be read, or holds something else.
    """
    text = read_text(path, name)
    with naming(name):
        document = parse_yaml(text)
        return document.part(kind, document.content or [])


def read_toml(path: Path, name: str, kind: type[T]) -> T:
    """Read a file of TOML.

    Args:
        path: the file.
        name: what to call it in errors.
        kind: what it holds: a model of pydantic, or a type with models in it.

    Raises:
        GuideError: it cannot be read, or holds something else.
    """
    text = read_text(path, name)
    with naming(name):
        return parse_toml(text).validated(kind)


@contextlib.contextmanager
def naming(name: str) -> Iterator[None]:
    """Say of which file something is that cannot be read.

    Raises:
        GuideError: it was raised inside, as Unreadable.
    """
    try:
        yield
    except Unreadable as error:
        raise GuideError(f"{name}:{error.line}: {error.message}") from None


def parse_yaml(text: str, *, loader: type[Any] = yaml.SafeLoader, before: int = 0) -> Document:
    """Read YAML.

    Args:
        text: the YAML.
        loader: a loader of PyYAML; BaseLoader leaves every value a text.
        before: how many lines of its file come before it.

    Raises:
        Unreadable: it is no YAML, or has two values of one name.
    """
    try:
        maker, root = _composed(text, loader)
        _have_one_value_each(root)
        content = None if root is None else maker.construct_document(root)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable(f"the character U+{error.character:04X} cannot stand here", line + before) from None
    except yaml.MarkedYAMLError as error:
        # Where something is left open, this is noticed at the end.
        last = text.rstrip().count("\n") + 1
        at_end = error.problem_mark is None or error.problem_mark.line >= last
        mark = (error.context_mark if at_end else None) or error.problem_mark
        line = min(mark.line + 1, last) if mark else 1
        raise Unreadable(f"this is not YAML: {error.problem}", line + before) from None
    except RecursionError:
        raise Unreadable("this is not YAML that anybody can follow: too much is within something else", 1) from None
    except ValueError as error:
        line = next((node.start_mark.line + 1 for node in _nodes(root) if not _has_value(loader(""), node)), 1)
        raise Unreadable(f"this is no value: {error}", line + before) from None
    return Document(content, partial(_line_of_node, root, before))


def parse_toml(text: str) -> Document:
    """Read TOML.

    Raises:
        Unreadable: it is none.
    """
    try:
        return Document(tomllib.loads(text), partial(_line_of_name, text))
    except tomllib.TOMLDecodeError as error:
        problem, _, where = str(error).partition(" (at ")
        line = re.match(r"line (\d+)", where)
        raise Unreadable(f"this is not TOML: {problem}", int(line[1]) if line else text.count("\n") + 1) from None


def _composed(text: str, loader: type[Any]) -> tuple[Any, yaml.Node | None]:
    """Return a loader that has read a text, and what the text is made of."""
    if fast := _FAST.get(loader):
        # A large file takes seconds otherwise. What is wrong in one, the other says better.
        with contextlib.suppress(yaml.YAMLError, ValueError):
            maker = fast(text)
            return maker, maker.get_single_node()
    maker = loader(text)
    return maker, maker.get_single_node()


_FAST: dict[type[Any], type[Any]] = (
    {yaml.SafeLoader: yaml.CSafeLoader, yaml.BaseLoader: yaml.CBaseLoader} if yaml.__with_libyaml__ else {}
)
"""For each loader of PyYAML the one that does the same with libyaml, where that is installed."""


def _nodes(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """Yield a node of YAML and all below it, in order; each once, for one may have several places, or be in itself."""
    seen: set[int] = set()
    left = [root] if root else []
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, yaml.MappingNode):
            left += [each for pair in reversed(node.value) for each in reversed(pair)]
        elif isinstance(node, yaml.SequenceNode):
            left += reversed(node.value)


def _have_one_value_each(root: yaml.Node | None) -> None:
    # PyYAML would take the last one.
    for node in _nodes(root):
        names: set[str] = set()
        for name, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(name, yaml.ScalarNode):
                if name.value in names:
                    raise yaml.MarkedYAMLError(None, None, f"`{name.value}` is there twice", name.start_mark)
                names.add(name.value)


def _has_value(maker: Any, node: yaml.Node) -> bool:
    try:
        maker.construct_object(node, deep=True)
    except ValueError:
        return not isinstance(node, yaml.ScalarNode)
    return True


def _line_of_node(root: yaml.Node | None, before: int, place: Place) -> int:
    node, line = root, root.start_mark.line if root else 0
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(step)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return line + 1 + before


def _line_of_name(text: str, place: Place) -> int:
    """Return the line of a table or of a name in TOML: that of the longest that is on the way to a place."""
    wanted = [str(step) for step in place]
    table: list[str] = []
    best, found = 0, 1
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+([^]]+)", line):
            way = table = [part.strip(" \"'") for part in header[1].split(".")]
        elif name := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            way = [*table, *(part.strip("\"'") for part in name[1].split("."))]
        else:
            continue
        if len(way) > best and way == wanted[: len(way)]:
            best, found = len(way), number
    return found


_WORDS = {
    "missing": "this is missing",
    "string_type": "this should be a text",
    "int_type": "this should be a whole number",
    "int_parsing": "this should be a whole number",
    "bool_type": "this should be true or false",
    "bool_parsing": "this should be true or false",
    "dict_type": "this should be of the form `name: value`",
    "model_type": "this should be of the form `name: value`",
    "list_type": "this should be a list",
    "tuple_type": "this should be a list",
    "date_type": "this should be a date, YYYY-MM-DD",
    "date_from_datetime_parsing": "this should be a date, YYYY-MM-DD",
}
"""What is wrong, by pydantic's name for it, where it speaks to programmers."""


def _in_words(error: ErrorDetails, loc: Place, known: list[str]) -> str:
    """Say what is wrong at a place of a document: the first thing that pydantic found.

    Args:
        error: it, as pydantic says it.
        loc: the place.
        known: the names that there can be beside it.
    """
    # The line says which entry of a list it is.
    within = next((at + 1 for at in range(len(loc) - 1, -1, -1) if isinstance(loc[at], int)), 0)
    where = ".".join(str(step) for step in loc[within:] if step != "[key]")
    if error["type"] == "extra_forbidden":
        return f"`{where}` is not known here{_instead(str(loc[-1]), known)}"
    if error["type"] == "string_too_short" and error["ctx"]["min_length"] == 1:
        what = "this is empty"
    else:
        said = error["msg"].removeprefix("Value error, ")
        what = _WORDS.get(error["type"], said[:1].lower() + said[1:]).replace("input should", "this should", 1)
    return f"`{where}`: {what}" if where else what


def _instead(name: str, known: list[str]) -> str:
    if near := difflib.get_close_matches(name, known, n=1):
        return f": did you mean `{near[0]}`?"
    return f": there can be {', '.join(f'`{each}`' for each in known)}" if known else ""


def _names(kind: Any, place: Place) -> list[str]:
    """Return the names that a model has which is at a place of a type."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _names(args[0], place)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
        return _names(fields.get(str(place[0])), place[1:]) if place else [*fields]
    if origin in (list, tuple, dict) and args and place:
        return _names(args[-1] if origin is dict else args[0], place[1:])
    # One of several types.
    return next((names for each in args if (names := _names(each, place))), [])
