"""XML from outside, read into a tree: no document type, no entities, not too deep. Pure."""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

MOST_LEVELS = 40
MOST_NODES = 400_000


class UnsafeXml(ValueError):
    """Not well-formed, or holding what no honest file needs."""


def read_xml(content: bytes) -> Element:
    """The root element. Raises UnsafeXml."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=None)
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnsafeXml(str(error)) from error
    return reader.builder.close()


class _Reader:
    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.depth = 0
        self.nodes = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.nodes += 1
        if self.depth > MOST_LEVELS or self.nodes > MOST_NODES:
            raise UnsafeXml("too much of it")
        self.builder.start(tag, attributes)

    def end(self, tag: str) -> None:
        self.depth -= 1
        self.builder.end(tag)


def _refuse(*_declared: object) -> None:
    # Entities can only be declared in here.
    raise UnsafeXml("it declares a document type")
