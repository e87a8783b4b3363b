"""The examples, each run against a shop of its own. The API tests' modules and their `serve` can be used."""
import importlib.util
import pathlib
import sys

API = pathlib.Path(__file__).resolve().parents[1] / "api"
sys.path.insert(0, str(API))

spec = importlib.util.spec_from_file_location("api_conftest", API / "conftest.py")
api = importlib.util.module_from_spec(spec)
spec.loader.exec_module(api)
serve = api.serve
