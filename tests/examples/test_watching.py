"""Prometheus takes its configuration and rules, and every metric that these and the dashboard name is one of Till's."""
import json
import re
import subprocess

from server import ROOT

EXAMPLES = ROOT / "examples"
HISTOGRAM = re.compile(r"_(bucket|sum|count)$")


def metrics() -> set[str]:
    return set(re.findall(r"^\| `(\w+)`", (ROOT / "docs/reference/metrics.md").read_text(), re.M))


def named(expressions) -> set[str]:
    names = set(re.findall(r"\b(?:till|process)_\w+", "\n".join(expressions)))
    return {HISTOGRAM.sub("", name) if HISTOGRAM.sub("", name) in metrics() else name for name in names}


def dashboard_expressions() -> list[str]:
    dashboard = json.loads((EXAMPLES / "grafana/dashboard.json").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def rule_expressions() -> list[str]:
    return re.findall(r"expr: (.*)", (EXAMPLES / "prometheus/rules.yml").read_text())


def test_prometheus_takes_the_configuration_and_the_rules_fire():
    for command in (["check", "config", "prometheus.yml"], ["test", "rules", "rules.test.yml"]):
        done = subprocess.run(["promtool", *command], cwd=EXAMPLES / "prometheus", capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_metric_is_tills():
    for expressions in (dashboard_expressions(), rule_expressions()):
        assert len(expressions) > 10 and not named(expressions) - metrics()


def test_every_label_is_tills(serve):
    server = serve(demo=True)
    shopper = server.client(admin=False)
    shopper.get("/products")
    shopper.get("/orders/x")
    text = shopper.get("/metrics").text
    for expression in dashboard_expressions() + rule_expressions():
        for name, labels in re.findall(r"(till_\w+)\{(.*?)\}", expression):
            for label in set(re.findall(r"(\w+)=", labels)) - {"job", "le"}:
                assert re.search(rf"^{name}\{{[^}}]*\b{label}=", text, re.M), f"{name} has no label {label}"
        for label in re.findall(r"by \((\w+)\)", expression):
            [name] = set(re.findall(r"till_\w+", expression))
            assert label in ("instance", "le") or re.search(rf"^{name}\{{[^}}]*\b{label}=", text, re.M), f"{name} has no label {label}"


def test_litestreams_configuration_has_the_documented_fields():
    text = (EXAMPLES / "litestream/litestream.yml").read_text()
    keys = re.findall(r"^[ -]*([\w-]+):", text, re.M)
    assert keys == ["dbs", "path", "replica", "type", "bucket", "path", "region", "sync-interval"]  # of litestream.io/reference/config, version 0.5


def test_litestream_copies_the_shop_that_the_package_serves():
    served = re.search(r"^Environment=.*TILL_DB=(\S+)", (ROOT / "packaging/systemd/till.service").read_text(), re.M)[1]
    assert f"path: {served}\n" in (EXAMPLES / "litestream/litestream.yml").read_text()
