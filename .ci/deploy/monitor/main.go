// Reads manifests from standard input and holds the ServiceMonitors among them against the Prometheus Operator's own types, with unknown
// fields refused. Ends with 1 if one does not fit, or there is none.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/json"
	convert "sigs.k8s.io/yaml"
)

func check(manifests io.Reader) error {
	documents := yaml.NewYAMLReader(bufio.NewReader(manifests))
	found := 0
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var kind struct{ Kind string }
		if err := convert.Unmarshal(document, &kind); err != nil {
			return err
		}
		if kind.Kind != monitoring.ServiceMonitorsKind {
			continue
		}
		found++
		var monitor monitoring.ServiceMonitor
		text, err := convert.YAMLToJSONStrict(document)
		if err != nil {
			return err
		}
		wrong, err := json.UnmarshalStrict(text, &monitor)
		if err := errors.Join(append(wrong, err)...); err != nil {
			return err
		}
		if monitor.APIVersion != "monitoring.coreos.com/v1" {
			return fmt.Errorf("apiVersion is %s", monitor.APIVersion)
		}
		for _, endpoint := range monitor.Spec.Endpoints {
			if err := endpoint.Validate(); err != nil {
				return err
			}
		}
	}
	if found == 0 {
		return errors.New("there is no ServiceMonitor")
	}
	return nil
}

func main() {
	if err := check(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
