"""What `make install` installs: the files, and that the manual and the completions fit the program."""
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent
FILES = """
etc/till/till.env
usr/local/bin/till
usr/local/lib/systemd/system/till.service
usr/local/lib/systemd/system/till.socket
usr/local/lib/sysusers.d/till.conf
usr/local/share/bash-completion/completions/till
usr/local/share/fish/vendor_completions.d/till.fish
usr/local/share/man/man1/till.1
usr/local/share/zsh/site-functions/_till
""".split()

DOC = "usr/local/share/doc/till/"


def run(*command, **options) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def list_of(folder: pathlib.Path) -> pathlib.Path:
    """What `make install` has noted of this DESTDIR, for `make uninstall`."""
    return ROOT / f"build/installed{str(folder).replace('/', '_')}"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("root")
    run("make", "--no-print-directory", "install", f"DESTDIR={folder}")
    yield folder
    list_of(folder).unlink()


def completed(root, *words: str) -> list[str]:
    """The answers of bash's completion to a line whose last word is not complete."""
    script = 'source "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _till; printf "%s\\n" "${COMPREPLY[@]}"'
    return run("bash", "-c", script, "bash", root / "usr/local/share/bash-completion/completions/till", *words).split()


def test_these_files_and_the_documentation_are_installed(root):
    found = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    assert [name for name in found if not name.startswith(DOC)] == FILES
    assert {f"{DOC}README.md", f"{DOC}docs/operate/one-machine.md", f"{DOC}storefront/server.mjs"} <= set(found)


def test_of_the_documentation_only_what_git_knows_is_installed(root):
    known = set(run("git", "ls-files").split())
    assert {str(path.relative_to(root / DOC)) for path in (root / DOC).rglob("*") if path.is_file()} <= known


def test_all_links_of_the_installed_pages_lead_somewhere(root):
    run("tools/links.py", root / DOC)


def test_the_whole_storefront_and_its_client_are_there(root):
    """But for the client's licence, which is that of the whole, and what tells git what to ignore."""
    for folder in ("storefront", "clients"):
        known = {name for name in run("git", "ls-files", folder).split() if pathlib.Path(name).name not in ("LICENSE", ".gitignore")}
        assert known == {str(path.relative_to(root / DOC)) for path in (root / DOC / folder).rglob("*") if path.is_file()}


def paths_of(folder: pathlib.Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_what_is_uninstalled_is_what_was_installed(tmp_path):
    """After two installations: the second has made no folders, and a file that only the first knew is gone too."""
    make = ("make", "--no-print-directory", f"DESTDIR={tmp_path}")
    (tmp_path / "usr/local/share/zsh/site-functions").mkdir(parents=True)
    before = paths_of(tmp_path)
    run(*make, "install")
    of_an_older_version = tmp_path / DOC / "docs/older/page.md"
    of_an_older_version.parent.mkdir()
    of_an_older_version.write_text("")
    with open(list_of(tmp_path), "a") as file:
        file.write(f"{of_an_older_version}\n")
    run(*make, "install")
    (tmp_path / DOC / "mine.txt").write_text("")
    run(*make, "uninstall")
    kept = {"etc", "etc/till", "etc/till/till.env", "usr/local/share/doc", "usr/local/share/doc/till", "usr/local/share/doc/till/mine.txt"}
    assert paths_of(tmp_path) == before | kept
    assert "knows of no installation" in subprocess.run([*make, "uninstall"], capture_output=True, text=True, cwd=ROOT).stderr


def test_folders_of_an_installation_before_make_clean_go_too(tmp_path):
    make = ("make", "--no-print-directory", f"DESTDIR={tmp_path}")
    run(*make, "install")
    list_of(tmp_path).unlink()
    run(*make, "install")
    run(*make, "uninstall")
    assert not (tmp_path / DOC).exists() and not list(tmp_path.rglob("till.1"))


def test_an_environment_that_is_there_stays(root):
    sample = root / "etc/till/till.env"
    assert sample.stat().st_mode & 0o777 == 0o600
    sample.write_text("TILL_CURRENCY=eur\n")
    run("make", "--no-print-directory", "install", f"DESTDIR={root}")
    assert sample.read_text() == "TILL_CURRENCY=eur\n"


def test_each_variable_of_the_sample_is_one_that_the_program_reads():
    flags = set(re.findall(r"--[a-z-]+", run(ROOT / "build/till", "serve", "--help")))
    known = {f"TILL_{flag[2:].upper().replace('-', '_')}" for flag in flags} | {"TILL_STRIPE_KEY", "TILL_WEBHOOK_SECRET", "TILL_MAIL_PASSWORD"}
    assert set(re.findall(r"^#(TILL_[A-Z_]+)=", (ROOT / "packaging/till.env").read_text(), re.M)) <= known


def test_the_manual_has_every_command_and_is_clean(root):
    page = root / "usr/local/share/man/man1/till.1"
    text = page.read_text().replace("\\-", "-")
    commands = re.findall(r"^  (?!till )(\S+(?: [a-z]+)?) +[A-Z]", run(root / "usr/local/bin/till", "--help"), re.M)
    assert len(commands) >= 18
    for command in commands:
        assert f'.SS "till {command}"' in text
    assert run("mandoc", "-T", "lint", "-W", "all", page) == ""


def test_bash_completes_commands_flags_and_files(root):
    assert completed(root, "till", "ser") == ["serve"]
    assert completed(root, "till", "staff", "") == ["add", "list", "disable", "reset", "--help"]
    assert completed(root, "till", "mail", "re") == ["retry"]
    assert completed(root, "till", "staff", "add", "--r") == ["--role"]
    assert completed(root, "till", "serve", "--db", "REA") == ["README.md"]
    assert completed(root, "till", "serve", "--currency", "") == []
    assert completed(root, "till", "restore", "REA") == ["README.md"]
    assert completed(root, "till", "token", "REA") == []


@pytest.mark.parametrize("shell, file", [("zsh", "zsh/site-functions/_till"), ("fish", "fish/vendor_completions.d/till.fish")])
def test_the_other_shells_can_read_theirs(root, shell, file):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    run(shell, "-n", root / "usr/local/share" / file)


def test_the_version_has_one_place(root):
    version = re.search(r"^  version: '(.*?)'", (ROOT / "meson.build").read_text(), re.M)[1]
    assert run(root / "usr/local/bin/till", "--version") == f"till {version}\n"
    assert f'"till {version}" "User commands"' in (root / "usr/local/share/man/man1/till.1").read_text()
    for file in ("clients/typescript/package.json", "clients/typescript/package-lock.json", "storefront/package-lock.json"):
        assert set(re.findall(r'"name": "till-client",\s+"version": "(.*?)"', (ROOT / file).read_text())) == {version}, f"{file}: npm run generate"
