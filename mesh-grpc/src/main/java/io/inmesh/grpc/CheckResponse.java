package io.inmesh.grpc;

import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalAnswer.Allowed;
import io.inmesh.external.ExternalAnswer.Denied;
import io.inmesh.external.ExternalAnswer.Failed;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads an {@code envoy.service.auth.v3.CheckResponse}. An answer that asks for what is not done here (changes to the query, conditional
 * headers) counts as no answer, since the request would not be the one that the authorizer let in.
 */
final class CheckResponse {

    /** {@code HeaderValueOption.HeaderAppendAction}: the default, and the one that says outright what this filter does by default. */
    private static final int APPEND_OR_ADD = 0;

    private static final int OVERWRITE_OR_ADD = 2;

    private final List<Map.Entry<String, String>> set = new ArrayList<>();
    private final List<Map.Entry<String, String>> appended = new ArrayList<>();
    private final List<String> removed = new ArrayList<>();
    private final List<Map.Entry<String, String>> forCaller = new ArrayList<>();
    private final List<Map.Entry<String, String>> deniedHeaders = new ArrayList<>();
    private int deniedStatus;
    private String deniedBody = "";
    private @Nullable String unsupported;

    private CheckResponse() {}

    static ExternalAnswer read(byte[] bytes) {
        try {
            return new CheckResponse().answer(new WireReader(bytes));
        } catch (IllegalArgumentException malformed) {
            return new Failed("it answered no CheckResponse: " + malformed.getMessage());
        }
    }

    private ExternalAnswer answer(WireReader response) {
        boolean ok = true;
        for (int field = response.field(); field != 0; field = response.field()) {
            switch (field) {
                case 1 -> ok = code(response.message()) == 0;
                case 2 -> denied(response.message());
                case 3 -> ok(response.message());
                default -> response.skip();
            }
        }
        if (!ok) {
            return new Denied(deniedStatus, deniedHeaders, deniedBody);
        }
        if (unsupported != null) {
            return new Failed("it wants " + unsupported + ", which is not supported");
        }
        return new Allowed(set, appended, removed, forCaller);
    }

    /** {@code google.rpc.Status.code}, {@code envoy.type.v3.HttpStatus.code}. */
    private static int code(WireReader status) {
        int code = 0;
        for (int field = status.field(); field != 0; field = status.field()) {
            if (field == 1) {
                code = (int) status.number();
            } else {
                status.skip();
            }
        }
        return code;
    }

    /** {@code DeniedHttpResponse}: status, headers, body. */
    private void denied(WireReader denied) {
        for (int field = denied.field(); field != 0; field = denied.field()) {
            switch (field) {
                case 1 -> deniedStatus = code(denied.message());
                case 2 -> deniedHeaders.add(HeaderOption.read(denied.message()).header());
                case 3 -> deniedBody = denied.text();
                default -> denied.skip();
            }
        }
    }

    /** {@code OkHttpResponse}: headers, headers to remove, headers for the caller; changes to the query are 7 and 8. */
    private void ok(WireReader ok) {
        for (int field = ok.field(); field != 0; field = ok.field()) {
            switch (field) {
                case 2 -> {
                    HeaderOption option = HeaderOption.read(ok.message());
                    (option.append() ? appended : set).add(option.header());
                    if (option.action() != APPEND_OR_ADD && option.action() != OVERWRITE_OR_ADD) {
                        unsupported = "append_action " + option.action() + " of "
                                + option.header().getKey();
                    }
                }
                case 5 -> removed.add(ok.text().toLowerCase(Locale.ROOT));
                case 6 -> forCaller.add(HeaderOption.read(ok.message()).header());
                case 7, 8 -> {
                    unsupported = "changes to the query";
                    ok.skip();
                }
                default -> ok.skip();
            }
        }
    }

    /** {@code envoy.config.core.v3.HeaderValueOption}: header, append (a {@code BoolValue}), append action. */
    private record HeaderOption(Map.Entry<String, String> header, boolean append, int action) {

        static HeaderOption read(WireReader option) {
            Map.Entry<String, String> header = Map.entry("", "");
            boolean append = false;
            int action = APPEND_OR_ADD;
            for (int field = option.field(); field != 0; field = option.field()) {
                switch (field) {
                    case 1 -> header = header(option.message());
                    case 2 -> append = code(option.message()) != 0;
                    case 3 -> action = (int) option.number();
                    default -> option.skip();
                }
            }
            return new HeaderOption(header, append, action);
        }

        /** {@code HeaderValue}: key, value, raw value. */
        private static Map.Entry<String, String> header(WireReader header) {
            String name = "";
            String value = "";
            for (int field = header.field(); field != 0; field = header.field()) {
                switch (field) {
                    case 1 -> name = header.text().toLowerCase(Locale.ROOT);
                    case 2, 3 -> value = header.text();
                    default -> header.skip();
                }
            }
            return Map.entry(name, value);
        }
    }
}
