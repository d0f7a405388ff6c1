{{- /* What the server reads at its start: what the chart knows, and .Values.settings over it. */ -}}
{{- define "inmesh.settings" -}}
{{- $v := .Values -}}
{{- $account := "/var/run/secrets/kubernetes.io/serviceaccount" -}}
{{- $hosts := list -}}
{{- range $service := list (include "inmesh.fullname" .) (include "inmesh.members" .) -}}
{{- $hosts = concat $hosts (list $service (printf "%s.%s" $service $.Release.Namespace) (printf "%s.%s.svc" $service $.Release.Namespace) (printf "%s.%s.svc.%s" $service $.Release.Namespace $v.clusterDomain)) -}}
{{- end -}}
{{- $access := dict "hosts" (concat $hosts $v.hosts) -}}
{{- if $v.secret.adminPasswordHashKey -}}
{{- $_ := set $access "users" (list (dict "name" $v.admin.user "passwordHashFile" "/etc/inmesh/admin/password-hash")) -}}
{{- $_ := set $access "bindings" (list (dict "user" $v.admin.user "role" "admin" "namespaces" (list "*"))) -}}
{{- end -}}
{{- if $v.httpTlsSecret -}}
{{- $_ := set $access "tls" (dict "certificate" "/etc/inmesh/http-tls/tls.crt" "key" "/etc/inmesh/http-tls/tls.key") -}}
{{- end -}}
{{- $settings := dict "access" $access -}}
{{- if $v.attestation.enabled -}}
{{- $review := dict "url" "https://kubernetes.default.svc" "caFile" (printf "%s/ca.crt" $account) "tokenFile" (printf "%s/token" $account) -}}
{{- $_ := set $settings "attestation" (dict "kubernetes" (dict "issuer" $v.attestation.issuer "audience" $v.attestation.audience "tokenReview" $review)) -}}
{{- end -}}
{{- if $v.kubernetesSource.enabled -}}
{{- $cluster := dict "name" $v.kubernetesSource.name -}}
{{- with $v.kubernetesSource.namespaces }}{{- $_ := set $cluster "namespaces" . -}}{{- end -}}
{{- if $v.kubernetesSource.configuration -}}
{{- $_ := set $cluster "configuration" true -}}
{{- if not $v.kubernetesSource.writeStatus }}{{- $_ := set $cluster "writeStatus" false -}}{{- end -}}
{{- end -}}
{{- with $v.kubernetesSource.region }}{{- $_ := set $cluster "region" . -}}{{- end -}}
{{- $_ := set $settings "sources" (dict "kubernetes" (list $cluster)) -}}
{{- end -}}
{{- if eq $v.store.type "etcd" -}}
{{- $etcd := dict "endpoints" $v.store.etcd.endpoints "prefix" $v.store.etcd.prefix -}}
{{- if $v.store.etcd.insecure }}{{- $_ := set $etcd "insecure" true -}}{{- end -}}
{{- if $v.store.etcd.caSecret }}{{- $_ := set $etcd "caCertificates" "/etc/inmesh/etcd-ca/ca.crt" -}}{{- end -}}
{{- if $v.store.etcd.clientSecret -}}
{{- $_ := set $etcd "certificate" "/etc/inmesh/etcd-client/tls.crt" -}}
{{- $_ := set $etcd "key" "/etc/inmesh/etcd-client/tls.key" -}}
{{- end -}}
{{- if $v.store.etcd.user -}}
{{- $_ := set $etcd "user" $v.store.etcd.user -}}
{{- $_ := set $etcd "passwordFile" "/etc/inmesh/etcd-password/password" -}}
{{- end -}}
{{- $_ := set $settings "store" (dict "etcd" $etcd) -}}
{{- end -}}
{{- $own := deepCopy $v.settings -}}
{{- /* Who has these in settings wants them beside what the chart needs there, not instead of it. */ -}}
{{- range $list := list "hosts" "users" "bindings" -}}
{{- with dig "access" $list list $own -}}
{{- $_ := set $own.access $list (concat (get $access $list | default list) .) -}}
{{- end -}}
{{- end -}}
{{- mergeOverwrite $settings $own | toYaml -}}
{{- end -}}
