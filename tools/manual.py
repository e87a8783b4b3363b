#!/usr/bin/env python3
"""Writes the manual page, or a shell's completions, from the commands and flags that the program itself knows.

    manual.py man|bash|zsh|fish TILL OUT

TILL is the built program. A manual page has the date of SOURCE_DATE_EPOCH, or today's.
"""
import os
import pathlib
import sys
import textwrap
import time

from command_table import Command, Flag, commands_of, version_of

FILES = ("FILE", "DIR")  # values and operands that a shell completes as files
DATABASES = ("--db", "--from", "--to")  # in most shops their URL is a file


def is_file(flag: Flag) -> bool:
    return flag.value in FILES or flag.value == "URL" and flag.name in DATABASES


# ---- The manual page, in the man macros.

def roff(text: str) -> str:
    """Text as roff reads it: no letter of it is a request or an escape."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("…", "...")
    return "\\&" + text if text.startswith(".") else text


def roff_lines(text: str) -> str:
    lines = textwrap.wrap(text, 70, break_long_words=False, break_on_hyphens=False)
    return "".join(roff(line) + "\n" for line in lines)


def sentence(text: str) -> str:
    """Text with a capital at its start if that is a word, and a stop at its end."""
    capital = text[:1].upper() if text.split()[0].isalpha() else text[:1]
    return capital + text[1:].removesuffix(".") + "."


def roff_flag(flag: Flag) -> str:
    value = f" \\fI{roff(flag.value)}\\fR" if flag.value else ""
    default = roff_lines(f"The default is {flag.default}.") if flag.default else ""
    return f".TP\n\\fB{roff(flag.name)}\\fR{value}\n{roff_lines(sentence(flag.what))}{default}"


def roff_command(command: Command) -> str:
    operand = f" \\fI{roff(command.operand)}\\fR" if command.operand else ""
    return f'.SS "{roff(f"till {command.name}")}"\n\\fBtill {roff(command.name)}\\fR [\\fIFLAGS\\fR]{operand}\n.PP\n{roff_lines(command.summary)}' + "".join(
        map(roff_flag, command.flags)
    )


MAN_HEAD = """.TH TILL 1 "{date}" "till {version}" "User commands"
.SH NAME
till \\- a shop's backend in one program
.SH SYNOPSIS
.B till
.I COMMAND
.RI [ FLAGS ]
.br
.B till
.I COMMAND
.B \\-\\-help
.br
.B till
.B \\-\\-version
.SH DESCRIPTION
Till serves the API of a shop: products and search, carts without accounts,
orders, stock and payments.
The shop's database is a file of SQLite, or PostgreSQL.
.PP
.B till serve \\-\\-demo
serves a shop with a catalogue on http://127.0.0.1:8000,
with the owner's desk at /admin and the documentation of the API at /docs.
.SH COMMANDS
"""

MAN_TAIL = """.SH EXIT STATUS
.TP
.B 0
The command did what it is for.
.TP
.B 1
It failed, or
.B till audit
found something wrong.
.TP
.B 2
It was used wrongly.
.SH ENVIRONMENT
Each flag can also be set in the environment:
.B \\-\\-db\\-read
is
.BR TILL_DB_READ .
The command line wins over it, and an empty variable is an absent one.
A flag without a value is on with 1, true, yes or on,
and off with 0, false, no or off.
.TP
.BR TILL_STRIPE_KEY ", " TILL_WEBHOOK_SECRET
Stripe's secret key, and the secret that signs its webhooks.
.TP
.B TILL_MAIL_PASSWORD
The password of the relay that
.B \\-\\-mail
names.
.TP
.B TILL_PEPPER
A secret that goes into each hash of a password.
.SH FILES
.TP
.I /etc/till/till.env
The environment of the service: lines such as
.BR TILL_CURRENCY=eur .
.TP
.I /var/lib/till/shop.db
The shop that the service serves.
.SH SEE ALSO
.BR systemd.service (5),
.BR systemd.socket (5),
.BR sqlite3 (1)
.PP
The documentation is in
.IR /usr/share/doc/till .
"""


def man(commands: list[Command], version: str) -> str:
    now = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))
    return MAN_HEAD.format(date=time.strftime("%Y-%m-%d", now), version=version) + "".join(map(roff_command, commands)) + MAN_TAIL


# ---- Completions. What is completed depends on the command, which is one word or two (staff add).

def first_words(commands: list[Command]) -> dict[str, list[str]]:
    """Each first word of a command with the second words that may follow it."""
    found: dict[str, list[str]] = {}
    for command in commands:
        first, _, second = command.name.partition(" ")
        found.setdefault(first, []).extend([second] if second else [])
    return found


def takes_file(command: Command) -> bool:
    return command.operand.strip("[]") in FILES


def longest_first(commands: list[Command]) -> list[Command]:
    return sorted(commands, key=lambda command: -command.name.count(" "))


BASH_HEAD = """# bash completion for till

_till() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words= files= values= operand=
    case "${COMP_WORDS[*]:1:COMP_CWORD - 1} " in # the words before the current one
"""
BASH_TAIL = """    esac
    [[ " $values " != *" $before "* ]] || return 0
    if [[ " $files " != *" $before "* ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        if [[ -z $operand || $current == -* ]]; then return 0; fi
    fi
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -f -- "$current"))
}

complete -F _till till
"""


def bash(commands: list[Command], _: str) -> str:
    def names(flags) -> str:
        return " ".join(flag.name for flag in flags)

    def case(command: Command) -> str:
        files = list(filter(is_file, command.flags))
        values = [f for f in command.flags if f.value and f not in files]
        operand = " operand=file" if takes_file(command) else ""
        return f"'{command.name} '*) words='{names(command.flags)} --help' files='{names(files)}' values='{names(values)}'{operand} ;;\n"

    first = first_words(commands)
    cases = [f"' ') words='{' '.join(first)} --help --version' ;;\n"]
    own = {command.name: names(command.flags) for command in commands}
    cases += [f"'{word} ') words='{' '.join(more)} {own.get(word, '')} --help' ;;\n" for word, more in first.items() if more]
    return BASH_HEAD + "".join("    " + text for text in cases + list(map(case, longest_first(commands)))) + BASH_TAIL


def quoted(text: str, escaped: str = "") -> str:
    """Text in a shell's single quotes, with a backslash before each of some letters."""
    for letter in "\\" + escaped:
        text = text.replace(letter, "\\" + letter)
    return "'" + text.replace("'", "'\\''") + "'"


ZSH_HEAD = """#compdef till

_till() {
    case "${(j: :)words[2,CURRENT-1]} " in # the words before the current one
"""


def zsh(commands: list[Command], _: str) -> str:
    def action(flag: Flag) -> str:
        return "_files" if is_file(flag) else " "

    def argument(flag: Flag) -> str:
        what = quoted(flag.what, "[]:")[1:-1]
        return f"'{flag.name}=[{what}]:{flag.value}:{action(flag)}'" if flag.value else f"'{flag.name}[{what}]'"

    def case(command: Command) -> str:
        words = len(command.name.split())
        arguments = [argument(flag) for flag in command.flags] + (["'::file:_files'"] if takes_file(command) else [])
        return (f"    '{command.name} '*)\n        shift {words} words\n        (( CURRENT -= {words} ))\n        _arguments "
                + " \\\n            ".join(arguments) + "\n        ;;\n")

    def choice(pattern: str, listed: list[Command]) -> str:
        rows = "".join(f"\n            {quoted(c.name.split()[-1], ':')[:-1]}:{quoted(c.summary)[1:]}" for c in listed)
        return f"    {pattern})\n        local -a names=({rows})\n        _describe command names\n        ;;\n"

    first = first_words(commands)
    start = [next(c for c in commands if c.name.split()[0] == word) for word in first]
    out = ZSH_HEAD + choice("' '", [Command(c.name.split()[0], c.summary, "", "", []) for c in start])
    for word, more in first.items():
        if more:
            out += choice(f"'{word} '", [c for c in commands if c.name.startswith(word + " ")])
    return out + "".join(map(case, longest_first(commands))) + '    esac\n}\n\n_till "$@"\n'


def fish(commands: list[Command], _: str) -> str:
    first = first_words(commands)
    out = "# fish completion for till\ncomplete -c till -f\n"
    for word in first:
        summary = next(c.summary for c in commands if c.name.split()[0] == word)
        out += f"complete -c till -n __fish_use_subcommand -a {word} -d {quoted(summary)}\n"
    for command in commands:
        words = command.name.split()
        seen = quoted("; and ".join(f"__fish_seen_subcommand_from {word}" for word in words))
        if len(words) > 1:
            out += f"complete -c till -n '__fish_seen_subcommand_from {words[0]}' -a {words[1]} -d {quoted(command.summary)}\n"
        if takes_file(command):
            out += f"complete -c till -n {seen} -F\n"
        for flag in command.flags:
            kind = " -r -F" if is_file(flag) else " -x" if flag.value else ""
            out += f"complete -c till -n {seen} -l {flag.name[2:]}{kind} -d {quoted(flag.what)}\n"
    return out


def main() -> None:
    kind, till, path = sys.argv[1:]
    write = {"man": man, "bash": bash, "zsh": zsh, "fish": fish}[kind]
    pathlib.Path(path).write_text(write(commands_of(till), version_of(till)))


if __name__ == "__main__":
    main()
