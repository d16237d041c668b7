"""The container file and the Kubernetes manifests among the examples, held to published schemas."""

import copy
import json
import subprocess
from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = ROOT / "examples/container/Containerfile"


def check(what, text):
    done = subprocess.run(["node", "manifests_check.mjs", what], input=text, text=True,
                          cwd=ROOT / "tests/support", capture_output=True, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def manifests():
    return list(yaml.safe_load_all((ROOT / "examples/kubernetes/controller.yaml").read_text()))


def of_kind(objects, kind):
    return next(each for each in objects if each["kind"] == kind)


def test_manifests_are_what_kubernetes_takes():
    assert check("objects", json.dumps(manifests())) == []


def test_a_wrong_manifest_is_found():
    for path, value in ((["replicas"], "one"), (["template", "spec", "containers", 0, "image"], 7),
                        (["template", "spec", "containers", 0, "port"], [])):
        objects = copy.deepcopy(manifests())
        place = of_kind(objects, "StatefulSet")["spec"]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        assert len(check("objects", json.dumps(objects))) == 1


def test_names_in_the_manifests_agree():
    objects = manifests()
    spec = of_kind(objects, "StatefulSet")["spec"]
    pod = spec["template"]
    container, = pod["spec"]["containers"]
    assert spec["replicas"] == 1
    assert spec["selector"]["matchLabels"] == pod["metadata"]["labels"]
    assert of_kind(objects, "Service")["spec"]["selector"] == pod["metadata"]["labels"]
    ports = {port["name"] for port in container["ports"]}
    assert {port["targetPort"] for port in of_kind(objects, "Service")["spec"]["ports"]} == ports
    volumes = {each["name"] for each in pod["spec"]["volumes"]}
    claims = {each["metadata"]["name"] for each in spec["volumeClaimTemplates"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes | claims


def test_a_second_mount_leaves_the_key_as_private_as_it_is():
    pod = of_kind(manifests(), "StatefulSet")["spec"]["template"]["spec"]
    assert pod["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"


def test_the_configuration_in_them_is_one():
    config = json.loads(of_kind(manifests(), "ConfigMap")["data"]["controller.json"])
    schema = json.loads((ROOT / "schema/config.schema.json").read_text())
    jsonschema.validate(config, schema)


def test_the_container_file_is_well_formed():
    assert check("containerfile", CONTAINERFILE.read_text()) == []
    assert check("containerfile", CONTAINERFILE.read_text().replace("EXPOSE 8443", "EXPOSE x"))
