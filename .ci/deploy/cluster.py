"""As much of a Kubernetes API server as a control server asks for: one service with one pod behind it and one object of each of the mesh's kinds,
which take a status; over TLS, to whoever shows the token."""

import http.server
import json
import ssl
import threading

METADATA = {"name": "reviews", "namespace": "shop", "labels": {"kubernetes.io/service-name": "reviews", "version": "v1"}}
OBJECTS = {
    ("", "services"): {"spec": {"type": "ClusterIP", "ipFamilies": ["IPv4"], "ports": [{"name": "http", "port": 9080}]}},
    ("", "pods"): {"spec": {"serviceAccountName": "reviews"}},
    ("discovery.k8s.io", "endpointslices"): {
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.1.2.3"], "conditions": {"ready": True}, "targetRef": {"kind": "Pod", "name": "reviews"}}],
        "ports": [{"name": "http", "port": 8080}],
    },
}

ROUTE = {"spec": {"parentRefs": [{"group": "", "kind": "Service", "name": "reviews"}]}}
MESH = {
    "networking.istio.io/v1": "destinationrules gateways serviceentries sidecars virtualservices workloadentries workloadgroups",
    "networking.istio.io/v1alpha3": "envoyfilters",
    "networking.istio.io/v1beta1": "proxyconfigs",
    "security.istio.io/v1": "authorizationpolicies peerauthentications requestauthentications",
    "telemetry.istio.io/v1": "telemetries",
    "gateway.networking.k8s.io/v1": "gateways grpcroutes httproutes",
    "gateway.networking.k8s.io/v1beta1": "referencegrants",
    "inmesh.io/v1alpha1": "backendtrafficpolicies inboundtrafficpolicies rollouts",
}
for group_version, plurals in MESH.items():
    for plural in plurals.split():
        # Nothing of most is what it should be, which is answered in the status as well.
        OBJECTS[(group_version.split("/")[0], plural)] = ROUTE if plural.endswith("routes") else {"spec": {}}


def discovery(path):
    """What is at /apis and below, down to versions; None for collections."""
    if path == "/apis":
        groups = {}
        for group_version in MESH:
            group, version = group_version.split("/")
            groups.setdefault(group, []).append({"version": version})
        return {"groups": [{"name": group, "versions": versions} for group, versions in groups.items()]}
    plurals = MESH.get(path.removeprefix("/apis/"))
    return plurals and {"resources": [{"name": name, "verbs": ["list", "watch"]} for name in plurals.split()]}


class Cluster:
    """Answers on a port of loopback until the process ends."""

    def __init__(self, certificate, key, token):
        self.asked = set()  # (API group, resource, verb)
        self.refused = []
        cluster = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                cluster.answer(self, token)

            def do_POST(self):
                cluster.answer(self, token)

            def do_PATCH(self):
                cluster.answer(self, token)

            def log_message(self, *ignored):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request, token):
        path, _, query = request.path.partition("?")
        found = discovery(path)
        if found and request.command == "GET" and request.headers["Authorization"] == f"Bearer {token}":  # Open to every account.
            self.send(request, 200, found)
            return
        parts = path.strip("/").split("/")
        if request.command == "PATCH" and len(parts) == 8:  # apis, group, version, namespaces, namespace, collection, name, status
            self.asked.add((parts[1], f"{parts[5]}/{parts[7]}", "patch"))
            request.rfile.read(int(request.headers["Content-Length"]))
            allowed = request.headers["Authorization"] == f"Bearer {token}"
            self.send(request, 200 if allowed else 403, {"kind": "Status"})
            return
        group, resource = ("", parts[2]) if parts[0] == "api" else (parts[1], parts[3])
        watch = "watch=" in query and "watch=false" not in query and "watch=0" not in query
        verb = "create" if request.command == "POST" else "watch" if watch else "list"
        self.asked.add((group, resource, verb))
        known = OBJECTS.get((group, resource))
        if request.headers["Authorization"] != f"Bearer {token}" or known is None or verb == "create":
            self.refused.append(f"{request.command} {request.path}")
            self.send(request, 403, {"kind": "Status", "code": 403})
        elif watch:
            request.send_response(200)
            request.send_header("Transfer-Encoding", "chunked")
            request.end_headers()
            threading.Event().wait()  # Nothing happens in this cluster.
        else:
            items = [{"metadata": {**METADATA, "resourceVersion": "7"}, **known}]
            self.send(request, 200, {"metadata": {"resourceVersion": "7"}, "items": items})

    @staticmethod
    def send(request, status, body):
        content = json.dumps(body).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)
