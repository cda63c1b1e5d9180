"""docs/mqtt.md and docs/asyncapi.yaml against the code."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from appliance.fleet.apidoc import PAGE, filled
from appliance.publish.topics import Topics
from tests.boundary.source import ROOT

TOPICS = Topics("<site>", "<device>")
API = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text())


def test_the_tables_are_those_of_the_schemas_and_settings() -> None:
    """Writing the tables again changes nothing: every field and every setting stands in the page."""
    page = (ROOT / PAGE).read_text()
    assert page == filled(page)
    assert "`mqtt.retry_s_max`" in page
    assert "`privacy.visits_min`" in page


@pytest.mark.parametrize(
    "topic",
    [TOPICS.status, TOPICS.about, TOPICS.config, TOPICS.health, TOPICS.fault, TOPICS.event("<touchpoint>"),
     TOPICS.window("<touchpoint>")],
)  # fmt: skip
def test_every_topic_stands_in_the_page_and_in_asyncapi(topic: str) -> None:
    """Each topic the code builds is in the page's table and is a channel of the API."""
    last = topic.removeprefix(TOPICS.base + "/")
    assert f"`{last}`" in (ROOT / PAGE).read_text()
    address = re.sub(r"<(\w+)>", r"{\1}", topic)
    assert address in {channel["address"] for channel in API["channels"].values()}


def test_asyncapi_leads_to_every_schema() -> None:
    """Each channel's payload is a schema file that is there, and every schema is used."""
    used = {
        message["payload"]["$ref"] for channel in API["channels"].values() for message in channel["messages"].values()
    }
    for path in used:
        json.loads((ROOT / "docs" / path).resolve().read_text())
    there = {path.name for path in (ROOT / "appliance/publish/schema").glob("*.json")}
    assert there == {path.rsplit("/", 1)[1] for path in used}


def test_events_are_never_retained_in_the_api() -> None:
    """Only status, about and config are retained."""
    retained = {name for name, each in API["operations"].items() if each["bindings"]["mqtt"]["retain"]}
    assert {"send-status", "send-about", "send-config"} == retained
