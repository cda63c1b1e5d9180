"""Where everything lies on the card: the partition table, as rpi-image-gen's `image-rota` cuts it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024
SECTOR = 512
FIRST_MIB = 4
"""Start of the first partition: 4 MiB, the erase block the SD association recommends to align to."""
PERSISTENT_TYPE = "6F6C2A0E-3A55-4F0A-9F4D-1B0C61A6D0F1"
"""Our own type for the data partition, so that systemd-repart grows this one and no other."""
LINUX_TYPE = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
BASIC_DATA_TYPE = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"
DISK_ID = "5D1B2A70-6A0E-4E53-8F0B-1D6B9C4E7A01"
"""Fixed, so that the same sources give the same bytes; cards are told apart by the identity on them."""


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition: name (its GPT label), number from 1, size in MiB, type and unique id as GUIDs."""

    name: str
    number: int
    size_mib: int
    kind: str
    unique: str


PARTITIONS = (
    Partition("bootconfig", 1, 32, BASIC_DATA_TYPE, "5D1B2A70-6A0E-4E53-8F0B-1D6B9C4E7A11"),
    Partition("boot_a", 2, 96, BASIC_DATA_TYPE, "5D1B2A70-6A0E-4E53-8F0B-1D6B9C4E7A12"),
    Partition("boot_b", 3, 96, BASIC_DATA_TYPE, "5D1B2A70-6A0E-4E53-8F0B-1D6B9C4E7A13"),
    Partition("system_a", 4, 512, LINUX_TYPE, "5D1B2A70-6A0E-4E53-8F0B-1D6B9C4E7A14"),
    Partition("system_b", 5, 512, LINUX_TYPE, "5D1B2A70-6A0E-4E53-8F0B-1D6B9C4E7A15"),
    Partition("persistent", 6, 64, PERSISTENT_TYPE, "5D1B2A70-6A0E-4E53-8F0B-1D6B9C4E7A16"),
)


def offset(name: str) -> int:
    """First byte of the partition called `name`."""
    at = FIRST_MIB
    for partition in PARTITIONS:
        if partition.name == name:
            return at * MIB
        at += partition.size_mib
    raise KeyError(name)


def size(name: str) -> int:
    """Bytes of the partition called `name`."""
    return next(each.size_mib for each in PARTITIONS if each.name == name) * MIB


def disk_bytes() -> int:
    """Bytes of the whole image: the partitions and 1 MiB for GPT's second copy."""
    return (FIRST_MIB + sum(each.size_mib for each in PARTITIONS) + 1) * MIB


def sgdisk_arguments() -> list[str]:
    """What `sgdisk` is told to cut this table into an empty file."""
    arguments = ["--clear", "--set-alignment=2048", f"--disk-guid={DISK_ID}"]
    for each in PARTITIONS:
        first = offset(each.name) // SECTOR
        last = (offset(each.name) + size(each.name)) // SECTOR - 1
        arguments += [
            f"--new={each.number}:{first}:{last}",
            f"--change-name={each.number}:{each.name}",
            f"--typecode={each.number}:{each.kind}",
            f"--partition-guid={each.number}:{each.unique}",
        ]
    return arguments
