"""What compose.yaml and the Dockerfile name is there: stages, ports, flags, paths and health checks. tools/container.sh builds and runs them."""
import os
import pathlib
import re
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).parent.parent.parent
TILL = os.environ.get("TILL", ROOT / "build/till")
SECRETS = {"TILL_STRIPE_KEY", "TILL_WEBHOOK_SECRET", "TILL_MAIL_PASSWORD"}
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
BUILT = sorted(name for name, service in SERVICES.items() if "build" in service)


class Stage:
    """A stage of the Dockerfile: its instructions in order, as (name, rest)."""

    def __init__(self, instructions):
        self.instructions = instructions

    def all(self, name: str) -> list[str]:
        return [rest for instruction, rest in self.instructions if instruction == name]

    def environment(self) -> dict[str, str]:
        return dict(re.findall(r"(\w+)=(\S+)", " ".join(self.all("ENV"))))

    def copied(self) -> list[str]:
        """What it copies out of the repository."""
        return [source for rest in self.all("COPY") if not rest.startswith("--from") for source in rest.split()[:-1]]


def read_stages() -> dict[str, Stage]:
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.M).replace("\\\n", " ")
    stages, instructions = {}, []
    for name, rest in re.findall(r"^([A-Z]+) +(.*)$", text, re.M):
        if name == "FROM":
            instructions = []
            stages[rest.split(" AS ")[1]] = Stage(instructions)
        instructions.append((name, rest))
    return stages


STAGES = read_stages()


def stage_of(service: str) -> Stage:
    return STAGES[SERVICES[service]["build"]["target"]]


def environment_of(service: str) -> dict[str, str]:
    return {**stage_of(service).environment(), **SERVICES[service].get("environment", {})}


def mounts_of(service: str) -> dict[str, str]:
    """The volumes of a service, by where they are mounted."""
    return {path: volume for volume, path in (each.split(":") for each in SERVICES[service].get("volumes", []))}


def test_each_variable_is_one_that_the_program_reads():
    flags = re.findall(r"--[a-z-]+", subprocess.run([TILL, "serve", "--help"], capture_output=True, text=True, check=True).stdout)
    known = {f"TILL_{flag[2:].upper().replace('-', '_')}" for flag in flags} | SECRETS
    assert {name for name in environment_of("till") if name.startswith("TILL_")} <= known
    pages = [*ROOT.glob("storefront/*.mjs"), *ROOT.glob("storefront/lib/*.ts"), ROOT / "storefront/proxy.ts"]
    read = set(re.findall(r"process\.env\.(\w+)", "\n".join(path.read_text() for path in pages))) | {"NODE_ENV", "NEXT_TELEMETRY_DISABLED"}
    assert set(environment_of("storefront")) <= read


@pytest.mark.parametrize("service, listens", [("till", "TILL_LISTEN"), ("storefront", "PORT")])
def test_the_port_is_the_one_that_is_listened_at_exposed_and_published(service, listens):
    port = environment_of(service)[listens].rpartition(":")[2]
    assert stage_of(service).all("EXPOSE") == [port]
    assert SERVICES[service]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"http://127.0.0.1:{port}" in (ROOT / "docs/operate/install.md").read_text()


def test_services_find_each_other():
    port = environment_of("till")["TILL_LISTEN"].rpartition(":")[2]
    assert environment_of("storefront")["TILL_URL"] == f"http://till:{port}"
    database = re.fullmatch(r"postgresql:///(\w+)\?host=(\S+)&user=(\w+)", environment_of("till")["TILL_DB"])
    assert database[1] == database[3] == SERVICES["db"]["environment"]["POSTGRES_USER"]  # which names the database too
    assert mounts_of("till")[database[2]] == mounts_of("db")[database[2]]


def test_whatever_is_waited_for_has_a_health_check():
    waited_for = {name for service in SERVICES.values() for name, how in service.get("depends_on", {}).items() if how["condition"] == "service_healthy"}
    assert waited_for == {"db", "till"}
    for name in waited_for:
        assert "healthcheck" in SERVICES[name] or stage_of(name).all("HEALTHCHECK"), name


def test_health_checks_ask_for_paths_that_are_served():
    asked = re.search(r"GET (/\w+) ", (ROOT / "packaging/container/healthy").read_text())[1]
    assert f"`GET {asked}`" in (ROOT / "docs/reference/endpoints.md").read_text()
    assert "COPY packaging/container/healthy /usr/local/bin/healthy" in (ROOT / "Dockerfile").read_text()
    [check] = stage_of("storefront").all("HEALTHCHECK")
    assert re.search(rf":{environment_of('storefront')['PORT']}/(\w+)\.txt", check)[1] == "robots" and (ROOT / "storefront/app/robots.ts").exists()


def test_what_is_kept_is_in_volumes_that_the_user_may_write():
    volumes = yaml.safe_load((ROOT / "compose.yaml").read_text())["volumes"]
    assert {volume for service in SERVICES for volume in mounts_of(service).values()} == set(volumes)
    [home] = stage_of("till").all("VOLUME")
    assert home in mounts_of("till") and environment_of("till")["TILL_MOCK_LEDGER"].startswith(home + "/")
    for service in BUILT:
        [created] = re.findall(r"useradd .*--uid (\d+)", " ".join(stage_of(service).all("RUN")))
        assert stage_of(service).all("USER") == [created], service


def test_what_the_images_copy_and_run_is_in_the_repository():
    sets = set(re.findall(r"^    ([a-z_0-9 |]+)\) echo", (ROOT / "tools/setup.sh").read_text(), re.M))
    known = {name.strip() for names in sets for name in names.split("|")}
    for stage in STAGES.values():
        assert all((ROOT / source).exists() for source in stage.copied())
        for command in stage.all("RUN"):
            for script, arguments in re.findall(r"\b(tools/\w+\.sh)([^&;]*)", command):
                assert os.access(ROOT / script, os.X_OK), script
                assert script != "tools/setup.sh" or set(arguments.split()) <= known, arguments
    for service in BUILT:
        assert SERVICES[service]["build"]["context"] == "."


def test_builds_that_use_npm_take_its_settings_and_certificates_as_secrets():
    using = [command for stage in STAGES.values() for command in stage.all("RUN") if re.search(r"npm |tools/(deb|storefront)\.sh", command)]
    assert len(using) == 2
    for command in using:
        assert set(re.findall(r"--mount=type=secret,(\S+)", command)) == {"id=npmrc,target=/root/.npmrc", "id=ca"}  # neither is required
