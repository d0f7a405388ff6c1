package io.inmesh.server.access;

import io.inmesh.server.fetch.BoundedHttp;
import io.inmesh.server.fetch.CaFile;
import io.inmesh.server.fetch.ServerUrl;
import io.inmesh.server.settings.Section;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How people log in to the console by an issuer: {@code access.oidc[].login}. The endpoints are those of its discovery document (OpenID
 * Connect Discovery 1.0, 3).
 *
 * @param label what the button says; default the issuer's host
 * @param clientId what this server is registered as; ID tokens have to be for it
 * @param clientSecretFile file with the secret it was given, read at each login; empty for a public client
 * @param authorizationEndpoint where browsers are sent
 * @param tokenEndpoint where codes are exchanged
 * @param scopes what is asked for; {@code openid} is always
 * @param http asks the token endpoint
 */
record OidcLogin(
        String label,
        String clientId,
        Optional<Path> clientSecretFile,
        URI authorizationEndpoint,
        URI tokenEndpoint,
        List<String> scopes,
        BoundedHttp http) {

    private static final String OPENID = "openid";

    /** Copies the list. */
    OidcLogin {
        scopes = List.copyOf(scopes);
    }

    static OidcLogin read(Section section, String issuer) {
        List<String> scopes = new ArrayList<>(section.texts("scopes"));
        if (!scopes.contains(OPENID)) {
            scopes.add(0, OPENID);
        }
        return new OidcLogin(
                section.text("label", issuer.replaceFirst("^https?://", "").replaceFirst("/.*$", "")),
                section.text("clientId"),
                section.file("clientSecretFile"),
                ServerUrl.read(section, "authorizationEndpoint"),
                ServerUrl.read(section, "tokenEndpoint"),
                scopes,
                new BoundedHttp(CaFile.read(section)));
    }
}
