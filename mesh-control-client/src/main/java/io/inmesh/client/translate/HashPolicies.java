package io.inmesh.client.translate;

import io.inmesh.config.HashKeyConfig;
import io.inmesh.xds.route.RouteAction.HashPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What of a call decides where it goes in clusters that hash. */
final class HashPolicies {

    /** Stands for the own address until the config is put together. */
    static final String OWN_ADDRESS = "";

    private HashPolicies() {}

    static List<HashKeyConfig> translate(String field, List<HashPolicy> policies, IgnoredFields ignored) {
        List<HashKeyConfig> keys = new ArrayList<>();
        for (int i = 0; i < policies.size(); i++) {
            HashPolicy policy = policies.get(i);
            boolean terminal = policy.getTerminal();
            String place = field + "[" + i + "]";
            switch (policy.getPolicySpecifierCase()) {
                case HEADER -> {
                    ignored.noteIf(
                            policy.getHeader().hasRegexRewrite(),
                            place + ".header.regex_rewrite",
                            "the header is hashed as it is");
                    keys.add(new HashKeyConfig.Header(
                            policy.getHeader().getHeaderName().toLowerCase(Locale.ROOT), terminal));
                }
                case COOKIE -> keys.add(cookie(policy.getCookie(), terminal));
                case QUERY_PARAMETER ->
                    keys.add(new HashKeyConfig.QueryParameter(
                            policy.getQueryParameter().getName(), terminal));
                case CONNECTION_PROPERTIES -> {
                    if (policy.getConnectionProperties().getSourceIp()) {
                        ignored.note(
                                place + ".connection_properties.source_ip",
                                "nobody connects to a client: the address of this process is hashed, as a sidecar would");
                        keys.add(new HashKeyConfig.SourceAddress(OWN_ADDRESS, terminal));
                    }
                }
                case FILTER_STATE, POLICYSPECIFIER_NOT_SET ->
                    ignored.note(place, "only headers, cookies, query parameters and the own address are hashed");
            }
        }
        return keys;
    }

    /** {@return a key with the address of this process where it is meant} */
    static HashKeyConfig located(HashKeyConfig key, String ownAddress) {
        return key instanceof HashKeyConfig.SourceAddress source
                ? new HashKeyConfig.SourceAddress(ownAddress, source.terminal())
                : key;
    }

    private static HashKeyConfig cookie(HashPolicy.Cookie cookie, boolean terminal) {
        Duration ttl = cookie.hasTtl() ? Values.duration(cookie.getTtl()) : null;
        return new HashKeyConfig.Cookie(
                cookie.getName(),
                ttl,
                cookie.getPath(),
                cookie.getAttributesList().stream()
                        .map(attribute -> new HashKeyConfig.Attribute(attribute.getName(), attribute.getValue()))
                        .toList(),
                terminal);
    }
}
