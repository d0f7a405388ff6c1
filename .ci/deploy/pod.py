"""Runs the real server as the rendered pod would, with the pod's folders below another one and a cluster that is played, and asks it what the
kubelet would ask: pod.py RENDERED JAR FOLDER. Ends with 1 and says why if the server refuses the settings or fails a probe, or if what it asks
the cluster for is not what its ClusterRole allows. With etcd, which is not there, only the settings are tried: they are read before it is asked."""

import base64
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import time
import urllib.request

import yaml

from cluster import Cluster

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
PATIENCE = 240  # seconds; never what is waited for on a machine that works
PASSWORD = "a password of root's own"
TOKEN = "e30.of-the-servers-own-account.x"

rendered, jar, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
objects = {document["kind"]: document for document in yaml.safe_load_all(open(rendered)) if document}
pod = objects["StatefulSet"]["spec"]["template"]["spec"]
container = pod["containers"][0]


def fail(reason):
    print(f"✗ {reason}", file=sys.stderr)
    if (folder / "log").exists():
        print((folder / "log").read_text()[-4000:], file=sys.stderr)
    sys.exit(1)


def there(path):
    """Where a path of the pod is on this machine."""
    return str(folder / path.lstrip("/"))


def put(path, text, mode=0o440):
    file = pathlib.Path(there(path))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)


def java(*arguments, given="", environment=None):
    command = ["java", "-jar", jar, *arguments]
    done = subprocess.run(command, input=given, capture_output=True, text=True, env=environment, timeout=PATIENCE)
    if done.returncode != 0:
        fail(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def until(what, condition, server):
    end = time.monotonic() + PATIENCE
    while not condition():
        if server.poll() is not None or time.monotonic() > end:
            fail(f"{what}: not seen")
        time.sleep(0.2)
    print(f"✓ {what}")


# What the kubelet and the owner of the Secret put there.
certificate, key = there(f"{ACCOUNT}/ca.crt"), there("/cluster.key")
os.makedirs(there(ACCOUNT), exist_ok=True)
make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=cluster"]
subprocess.run([*make, "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
put(f"{ACCOUNT}/token", TOKEN)
put("/etc/inmesh/admin/password-hash", java("user", "hash", "--password-stdin", given=PASSWORD))
cluster = Cluster(certificate, key, TOKEN)

text = objects["ConfigMap"]["data"]["settings.yaml"]
text = re.sub(r"(/etc/inmesh|/var/run/secrets)/", lambda found: there(found[0]) + "/", text)
text = text.replace("https://kubernetes.default.svc\n", f"https://localhost:{cluster.port}\n")
settings = yaml.safe_load(text)
for source in settings.get("sources", {}).get("kubernetes", []):  # In a pod, these are where the server looks by itself.
    source.update(caFile=certificate, tokenFile=there(f"{ACCOUNT}/token"))
for file in ("etcd-password/password", "etcd-ca/ca.crt", "etcd-client/tls.crt", "etcd-client/tls.key"):
    put(f"/etc/inmesh/{file}", pathlib.Path(key if file.endswith(".key") else certificate).read_text())
put("/etc/inmesh/settings/settings.yaml", yaml.safe_dump(settings))
os.makedirs(there("/var/lib/inmesh"), exist_ok=True)

arguments = [re.sub(r"=(/.*)", lambda found: "=" + there(found[1]), argument) for argument in container["args"]]
environment = dict(os.environ, KUBERNETES_SERVICE_HOST="localhost", KUBERNETES_SERVICE_PORT=str(cluster.port))
environment.update({variable["name"]: "a passphrase of the mesh" for variable in container["env"] if "valueFrom" in variable})
log = open(folder / "log", "w")
server = subprocess.Popen(
    ["java", "-Xmx512m", "-jar", jar, *arguments, "--grpc-port=0", "--http-port=0"], env=environment, stdout=log, stderr=log, cwd=folder)
try:
    if "store" in settings:
        member = settings["store"]["etcd"]["endpoints"][0]
        if server.wait(PATIENCE) == 0 or member not in (folder / "log").read_text():
            fail("the server does not get as far as asking etcd")
        print("✓ the server takes the settings and asks etcd")
        sys.exit(0)
    address = re.compile(r"HTTP on https://\S+:(\d+)")
    until("the server takes the settings", lambda: address.search((folder / "log").read_text()), server)
    port = address.search((folder / "log").read_text())[1]
    # Without trust yet, as this machine's own; what is asked afterwards trusts these roots.
    with urllib.request.urlopen(f"https://localhost:{port}/inmesh/v1/bundle", context=ssl._create_unverified_context()) as answer:
        roots = "".join(ssl.DER_cert_to_PEM_cert(base64.b64decode(key["x5c"][0])) for key in json.load(answer)["keys"])
    put("/root.pem", roots)
    trust = ssl.create_default_context(cafile=there("/root.pem"))

    def probe(name):
        get = container[name]["httpGet"]
        headers = {header["name"]: header["value"] for header in get["httpHeaders"]}
        url = f"{get['scheme'].lower()}://localhost:{port}{get['path']}"
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), context=trust, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()

    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        until(f"{name} is answered with 200", lambda: probe(name)[0] == 200, server)

    rules = objects["ClusterRole"]["rules"]
    allowed = {(group, one, verb) for rule in rules for group in rule["apiGroups"] for one in rule["resources"] for verb in rule["verbs"]}
    allowed.remove(("authentication.k8s.io", "tokenreviews", "create"))  # Asked for when somebody joins, which nobody does here.
    until("it asks the cluster for all that its ClusterRole allows", lambda: cluster.asked >= allowed, server)
    if cluster.asked - allowed or cluster.refused:
        fail(f"it asks for more: {cluster.asked - allowed} {cluster.refused}")
    print("✓ and for nothing else")

    asking = objects["Pod"]["spec"]["containers"][0]["args"]
    asked_at = re.search(r"https://([^:]+):15014", " ".join(asking))[1]
    if asked_at not in settings["access"]["hosts"]:
        fail(f"helm test would be refused: {asked_at} is not among {settings['access']['hosts']}")
    mounted = objects["Pod"]["spec"]["containers"][0]["volumeMounts"][0]["mountPath"] + "/root.pem"
    java(*(argument.replace(f"{asked_at}:15014", f"localhost:{port}").replace(mounted, there("/root.pem")) for argument in asking))
    print("✓ helm test passes")

    def all_answer():
        said = probe("readinessProbe")[1]
        return said.startswith("ok") and "source:" not in said and "store:" not in said

    until("readiness says that the source answers", all_answer, server)
    own = dict(os.environ, INMESH_CONFIG_DIR=str(folder / "meshctl"))
    target = ["--server", f"https://localhost:{port}", "--ca-file", there("/root.pem")]
    java("ctl", *target, "login", "--user", "root", "--password-stdin", given=PASSWORD, environment=own)
    print("✓ the first admin logs in with the password of the Secret")
    if "10.1.2.3" not in java("ctl", "endpoints", "reviews.shop", environment=own):
        fail("the cluster's endpoint is not served")
    print("✓ the cluster's endpoint is served")
    data = [file for file in pathlib.Path(there("/var/lib/inmesh")).rglob("*") if file.is_file()]
    if any(b"BEGIN PRIVATE KEY" in file.read_bytes() for file in data):
        fail("keys are not encrypted")
    print("✓ the authority's keys are encrypted with the passphrase of the Secret")
finally:
    server.terminate()
    server.wait()
