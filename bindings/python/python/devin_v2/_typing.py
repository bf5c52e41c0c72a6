"""The little of `typing` that modules need when they run. Loading the real one takes longer than all of this package."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any as Any, ClassVar as ClassVar, Generic as Generic, TypeVar as TypeVar, overload as overload
else:
    Any = ClassVar = object

    class Generic:
        """What can be subscripted: `Rows[Member]`."""

        __slots__ = ()
        __class_getitem__ = classmethod(type(list[int]))

    def TypeVar(name, **_options):
        """A stand-in for a type."""
        return name

    def overload(function):
        """The function itself."""
        return function
