package io.inmesh.config;

import org.jspecify.annotations.Nullable;

/**
 * Changes of path and authority before a request is sent.
 *
 * <p>Source: Istio {@code HTTPRewrite}; Envoy {@code RouteAction.prefix_rewrite, regex_rewrite, host_rewrite_literal}.
 *
 * @param path replaces the matched prefix, or the whole path where the match is exact
 * @param regex RE2 pattern whose matches in the path are replaced by {@code substitution}; wins over {@code path}
 * @param substitution replacement with {@code \1} groups
 * @param authority replaces the authority
 */
public record RewriteConfig(
        @Nullable String path,
        @Nullable String regex,
        @Nullable String substitution,
        @Nullable String authority) {}
