"""Compares what Helm and Kustomize render: same.py HELM KUSTOMIZE. They may differ in labels of the packager, in the hashes by which a change of
settings starts servers anew, and in the order of what has none."""

import difflib
import sys

import yaml

PACKAGER = {"app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"}


def plain(node, renamed):
    if isinstance(node, dict):
        return {key: plain(value, renamed) for key, value in node.items() if key not in PACKAGER}
    if isinstance(node, list):
        named = all(isinstance(item, dict) and "name" in item for item in node)
        return [plain(item, renamed) for item in (sorted(node, key=lambda item: item["name"]) if named else node)]
    return renamed.get(node, node) if isinstance(node, str) else node


def rendered(file):
    documents = [document for document in yaml.safe_load_all(open(file)) if document]
    renamed = {}
    for document in documents:
        name = document["metadata"]["name"]
        if document["kind"] == "ConfigMap":
            document["data"] = {key: yaml.safe_load(text) for key, text in document["data"].items()}
            renamed[name] = "settings"
        if document["kind"] == "StatefulSet":
            template = document["spec"]["template"]["metadata"]
            template.get("annotations", {}).pop("checksum/settings", None)
            if not template.get("annotations"):
                template.pop("annotations", None)
    documents = [plain(document, renamed) for document in documents]
    documents.sort(key=lambda document: (document["kind"], document["metadata"]["name"]))
    return yaml.safe_dump_all(documents).splitlines(keepends=True)


difference = list(difflib.unified_diff(rendered(sys.argv[1]), rendered(sys.argv[2]), *sys.argv[1:3]))
sys.stdout.writelines(difference)
sys.exit(1 if difference else 0)
