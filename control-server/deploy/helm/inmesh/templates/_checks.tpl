{{- /* Values that do not fit together: said here, before anything is installed, rather than by a pod that does not start. */ -}}
{{- define "inmesh.check" -}}
{{- $v := .Values -}}
{{- $etcd := eq $v.store.type "etcd" -}}
{{- if not $v.image.repository -}}
{{- fail "image.repository is empty, and no image is published: build one with control-server/deploy/Dockerfile and name where you have pushed it" -}}
{{- end -}}
{{- if and $v.image.tag $v.image.digest -}}
{{- fail "image.tag and image.digest cannot stand together; keep one of the two" -}}
{{- end -}}
{{- if and (gt (int $v.replicas) 1) (not $etcd) -}}
{{- fail (printf "replicas is %d, but a server with store.type embedded keeps its state in a file of its own; set store.type to etcd, or replicas to 1" (int $v.replicas)) -}}
{{- end -}}
{{- if and $etcd (not $v.store.etcd.endpoints) -}}
{{- fail "store.etcd.endpoints is empty; list the client URLs of etcd, such as https://etcd-0.etcd.etcd.svc:2379" -}}
{{- end -}}
{{- if and (not $etcd) $v.store.etcd.endpoints -}}
{{- fail "store.etcd.endpoints is set, but store.type is embedded and nothing would use them; set store.type to etcd" -}}
{{- end -}}
{{- range $v.store.etcd.endpoints -}}
{{- if and (hasPrefix "http://" .) (not $v.store.etcd.insecure) -}}
{{- fail (printf "store.etcd.endpoints has %s without TLS: whoever is between could read the store and change it; write https://, or set store.etcd.insecure to true if the network is yours alone" .) -}}
{{- end -}}
{{- if and (hasPrefix "http://" .) (or $v.store.etcd.caSecret $v.store.etcd.clientSecret) -}}
{{- fail (printf "store.etcd.endpoints has %s without TLS, so caSecret and clientSecret would not be used; write https://" .) -}}
{{- end -}}
{{- end -}}
{{- if ne (empty $v.store.etcd.user) (empty $v.store.etcd.passwordSecret) -}}
{{- fail "store.etcd.user and store.etcd.passwordSecret go together; set both or none" -}}
{{- end -}}
{{- if and $etcd (not $v.secret.caPassphraseKey) -}}
{{- fail "secret.caPassphraseKey is empty: with store.type etcd, whoever reads etcd's disk or backups must not read the authority's keys; name the key of the Secret that holds a passphrase" -}}
{{- end -}}
{{- if and (or $v.secret.caPassphraseKey $v.secret.adminPasswordHashKey) (not $v.secret.name) -}}
{{- fail "secret.name is empty, but secret.caPassphraseKey or secret.adminPasswordHashKey names a key in it; name the Secret" -}}
{{- end -}}
{{- if and (not $v.secret.adminPasswordHashKey) (not (dig "access" "bindings" list $v.settings)) -}}
{{- fail "secret.adminPasswordHashKey is empty and settings.access.bindings too: nobody could administer the mesh; name the key, or write who may do what" -}}
{{- end -}}
{{- if and (not $v.serviceAccount.create) (not $v.serviceAccount.name) -}}
{{- fail "serviceAccount.create is false and serviceAccount.name empty: whatever runs as the namespace's default account would get the server's rights; name an account" -}}
{{- end -}}
{{- range $v.extraEnv -}}
{{- if and (eq (.name | default "") "INMESH_CA_PASSPHRASE") $v.secret.caPassphraseKey -}}
{{- fail "extraEnv has INMESH_CA_PASSPHRASE, which comes from the Secret; leave it out, or set secret.caPassphraseKey to \"\"" -}}
{{- end -}}
{{- end -}}
{{- if and (ne $v.service.type "LoadBalancer") (or $v.service.loadBalancerClass $v.service.loadBalancerSourceRanges) -}}
{{- fail (printf "service.loadBalancerClass and service.loadBalancerSourceRanges are for service.type LoadBalancer, and it is %s: everybody whom the cluster lets through would reach it; set service.type to LoadBalancer, or limit it by networkPolicy" $v.service.type) -}}
{{- end -}}
{{- if and (eq $v.service.type "ClusterIP") $v.service.externalTrafficPolicy -}}
{{- fail "service.externalTrafficPolicy is for service.type LoadBalancer and NodePort, and it is ClusterIP; leave it out" -}}
{{- end -}}
{{- with $v.serviceMonitor -}}
{{- if and .enabled (not .tokenSecret.name) -}}
{{- fail "serviceMonitor.tokenSecret.name is empty, but /metrics takes a viewer: make a token by \"meshctl service-token create prometheus\", put it into a Secret, bind it in settings.access.bindings, and name the Secret" -}}
{{- end -}}
{{- if and .enabled (not .tlsConfig) (not $v.httpTlsSecret) -}}
{{- fail "serviceMonitor.tlsConfig is empty, so that Prometheus would trust whom its machine trusts, and the mesh's root is not among these; put root.pem into a ConfigMap and set serviceMonitor.tlsConfig.ca.configMap" -}}
{{- end -}}
{{- if and .enabled .interval .scrapeTimeout (gt (atoi (trimSuffix "s" .scrapeTimeout)) (atoi (trimSuffix "s" .interval))) -}}
{{- fail (printf "serviceMonitor.scrapeTimeout is %s, longer than serviceMonitor.interval (%s), which the operator does not take; make it at most as long" .scrapeTimeout .interval) -}}
{{- end -}}
{{- end -}}
{{- range $label := keys ($v.commonLabels | default dict) -}}
{{- if or (hasPrefix "app.kubernetes.io/" $label) (hasPrefix "helm.sh/" $label) (hasPrefix "inmesh.io/" $label) -}}
{{- fail (printf "commonLabels has %s, which the chart sets itself; leave it out" $label) -}}
{{- end -}}
{{- end -}}
{{- range $label := list "app.kubernetes.io/name" "app.kubernetes.io/instance" -}}
{{- if hasKey ($v.podLabels | default dict) $label -}}
{{- fail (printf "%s is what the Services know the servers by; leave it out of podLabels" $label) -}}
{{- end -}}
{{- end -}}
{{- range list "store" "sources" "attestation" -}}
{{- if and (hasKey $v.settings .) (or (eq . "store") (and (eq . "sources") (dig "sources" "kubernetes" list $v.settings) $v.kubernetesSource.enabled) (and (eq . "attestation") (dig "attestation" "kubernetes" dict $v.settings) $v.attestation.enabled)) -}}
{{- fail (printf "settings.%s says what other values of this chart say: use %s" . (get (dict "store" "store.*" "sources" "kubernetesSource.*, or set kubernetesSource.enabled to false" "attestation" "attestation.*, or set attestation.enabled to false") .)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
