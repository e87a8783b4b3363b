"""The commands of the program and their flags, as its own --help prints them: for the pages and files that are generated from them."""
import dataclasses
import re
import subprocess


@dataclasses.dataclass
class Flag:
    name: str  # with its dashes
    value: str  # as the help calls it; empty: a switch
    what: str
    default: str


@dataclasses.dataclass
class Command:
    name: str  # one word, or two as in `staff add`
    summary: str
    usage: str
    operand: str  # as the usage calls it; empty: the command takes no operand
    flags: list[Flag]


def help_of(till: str, *command: str) -> str:
    return subprocess.run([till, *command, "--help"], check=True, capture_output=True, text=True).stdout


def version_of(till: str) -> str:
    return subprocess.run([till, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]


def flags_in(text: str) -> list[Flag]:
    flags = []
    for name, value, what in re.findall(r"^  (--[a-z-]+)(?: ([A-Z]+))? +(\S.*)$", text, re.M):
        default = re.search(r" \(([^()]*)\)$", what)
        flags.append(Flag(name, value, what[: default.start()] if default else what, default[1] if default else ""))
    return flags


def commands_of(till: str) -> list[Command]:
    """In the order of the help."""
    commands = []
    for name in re.findall(r"^  (?!till )(\S+(?: [a-z]+)?) +[A-Z]", help_of(till), re.M):
        text = help_of(till, *name.split())
        usage = re.match(r"Usage: (.*)", text)[1]
        summary = re.search(r"\n\n(.*?)\n\n", text, re.S)[1].replace("\n", " ")
        commands.append(Command(name, summary, usage, usage.partition("[FLAGS]")[2].strip(), flags_in(text)))
    return commands
