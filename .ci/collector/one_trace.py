"""Looks for one trace that has everything in what the Collector's debug exporter has written. Ends with 1 if there is none yet."""

import collections
import re
import sys


def read(text):
    """Every span as its fields and attributes, and the name of the service that sent it."""
    found, service = [], ""
    for line in text.splitlines():
        attribute = re.match(r"\s*-> ([\w.]+): \w+\((.*)\)$", line)
        field = re.match(r"\s+(Trace ID|Parent ID|ID|Name|Kind)\s*: ?(.*)$", line)
        if attribute and attribute[1] == "service.name":
            service = attribute[2]
        elif re.match(r"Span #\d+$", line):
            found.append({"service": service})
        elif found and attribute:
            found[-1][attribute[1]] = attribute[2]
        elif found and field:
            found[-1][field[1]] = field[2].strip()
    return found


def complete(trace):
    """Whether a trace has one beginning, no span without its parent, every kind of hop, and a retry."""
    known = {span["ID"] for span in trace}
    roots = [span for span in trace if not span["Parent ID"]]
    orphans = [span for span in trace if span["Parent ID"] and span["Parent ID"] not in known]
    services = {span["service"] for span in trace}
    retried = any("http.request.resend_count" in span and span["Kind"] == "Client" for span in trace)
    grpc = any(span.get("rpc.system.name") == "grpc" and span["Kind"] == "Server" for span in trace)
    return len(roots) == 1 and not orphans and {"productpage", "reviews", "ratings"} <= services and retried and grpc


def show(trace, parent="", depth=0):
    for span in trace:
        if span["Parent ID"] == parent:
            again = f", attempt {int(span['http.request.resend_count']) + 1}" if "http.request.resend_count" in span else ""
            status = span.get("http.response.status_code") or span.get("rpc.response.status_code") or ""
            print(f"  {'  ' * depth}{span['service']}: {span['Kind'].lower()} {span['Name']} {status}{again}")
            show(trace, span["ID"], depth + 1)


traces = collections.defaultdict(list)
with open(sys.argv[1], encoding="utf-8") as file:
    for each in read(file.read()):
        traces[each["Trace ID"]].append(each)
for spans in traces.values():
    if complete(spans):
        show(spans)
        sys.exit(0)
print(f"none of {len(traces)} traces is complete")
sys.exit(1)
