#!/usr/bin/env python3
"""Prints the bill of materials of a built program, as CycloneDX 1.5: sbom.py build/till

Three things are in it, each with what it is made of: the program, with the libraries that it links or loads (by the Debian packages that
are installed here, with their licences' names), the desk in it and the storefront (by npm's lock files, which have hashes).
"""
import base64
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).parent.parent
LOADED = ("libpq.so.5", "libcurl.so.4")  # when they are first used: src/base/file/library.h
LLHTTP = "/usr/share/llhttp/llhttp.c"  # compiled into the program, if Debian has no library of it
DESK_TOOLS = {"esbuild"}  # build it, and are not in it


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def libraries(program: str) -> set[str]:
    """The files of the libraries that a program needs, and those that it loads later, with all that they need."""
    cached = dict(re.findall(r"^\s*(\S+) .*=> (\S+)$", output("/sbin/ldconfig", "-p"), re.M))
    files = {cached[name] for name in LOADED}
    for file in [program, *files]:
        files |= set(re.findall(r"(/\S+) \(0x", output("ldd", file)))
    return files | ({LLHTTP} if os.path.exists(LLHTTP) else set())


def packages(files: set[str]) -> list[str]:
    """The Debian packages that these files are from. Some know a file below /usr as one without it, or the other way round."""
    names = {file: {file, os.path.realpath(file), os.path.realpath(file).removeprefix("/usr"), "/usr" + file} for file in files}
    known = subprocess.run(["dpkg-query", "-S", *set().union(*names.values())], capture_output=True, text=True).stdout
    owner_of = {path: owners.split(",")[0] for owners, path in re.findall(r"^(.+): (/\S+)$", known, re.M)}
    owners = {file: next((owner_of[name] for name in names[file] if name in owner_of), None) for file in files}
    if None in owners.values():
        sys.exit(f"sbom: no package has {sorted(file for file, owner in owners.items() if owner is None)}")
    return sorted(set(owners.values()))


def debian_licenses(package: str) -> list[str]:
    """The names of the licences of most of a package's files; of all that its copyright file refers to if it has no fixed form."""
    text = pathlib.Path(f"/usr/share/doc/{package.split(':')[0]}/copyright").read_text(errors="replace")
    main = re.search(r"^Files: *\n? *\*(?:.*\n)*?License: *(.+)$", text, re.M)
    if main:
        return [main[1].strip()]
    return sorted(set(re.findall(r"/usr/share/common-licenses/([A-Za-z]+(?:-[\d.]*\d)?)", text)))


def debian_component(package: str) -> dict:
    name, version, arch = output("dpkg-query", "-W", "-f", "${Package} ${Version} ${Architecture}", package).split()
    distro = "{ID}-{VERSION_ID}".format(**platform.freedesktop_os_release())
    purl = f"pkg:deb/debian/{name}@{urllib.parse.quote(version, safe=':~')}?arch={arch}&distro={distro}"
    licenses = [{"license": {"name": found}} for found in debian_licenses(package)]
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "licenses": licenses, "purl": purl}


def npm_components(folder: str) -> list[dict]:
    """What npm installs there for use: neither tools of the build nor links to folders of ours."""
    components = []
    for path, entry in json.loads((ROOT / folder / "package-lock.json").read_text())["packages"].items():
        name = path.rsplit("node_modules/", 1)[-1]
        if not path.startswith("node_modules/") or entry.get("dev") or entry.get("link"):
            continue
        if folder == "admin" and (name in DESK_TOOLS or name.startswith("@esbuild/")):
            continue
        purl = f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"
        hashed = base64.b64decode(entry["integrity"].removeprefix("sha512-")).hex()
        components.append({
            "type": "library", "bom-ref": purl, "name": name, "version": entry["version"], "purl": purl,
            "scope": "optional" if entry.get("optional") else "required",
            "licenses": [{"expression": entry["license"]}], "hashes": [{"alg": "SHA-512", "content": hashed}],
        })
    return components


def bill(program: str) -> dict:
    version = re.search(r"^  version: '(.*?)'", (ROOT / "meson.build").read_text(), re.M)[1]
    parts = {
        "till": [debian_component(package) for package in packages(libraries(program))],
        "till-desk": npm_components("admin"),
        "till-storefront": npm_components("storefront"),
    }
    ours = [
        {"type": "application", "bom-ref": name, "name": name, "version": version, "licenses": [{"license": {"id": "MIT"}}]} for name in parts
    ]
    uses = {name: [component["bom-ref"] for component in components] for name, components in parts.items()}
    uses["till"].append("till-desk")
    foreign = {component["bom-ref"]: component for components in parts.values() for component in components}
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": ours[0]},
        "components": ours[1:] + list(foreign.values()),
        "dependencies": [{"ref": name, "dependsOn": sorted(set(refs))} for name, refs in uses.items()],
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(json.dumps(bill(sys.argv[1]), indent=1))
