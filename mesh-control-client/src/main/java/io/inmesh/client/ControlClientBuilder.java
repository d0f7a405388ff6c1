package io.inmesh.client;

import io.inmesh.time.Randomness;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects in code what {@code INMESH_*} settings say in the environment. Not thread-safe. */
public final class ControlClientBuilder {

    private final List<String> servers = new ArrayList<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private String service = "";
    private String namespace = "default";
    private @Nullable Path tokenFile;
    private @Nullable Path caFile;
    private @Nullable Path stateDir;
    private @Nullable String address;
    private String locality = "";
    private boolean stateOfTheWorld;
    private boolean keepIdentity = true;
    private boolean plaintext;
    private boolean endpointsOnDemand;
    private NameResolver resolver = NameResolver.JDK;
    private Randomness randomness = Randomness.SYSTEM;

    ControlClientBuilder() {}

    /** Adds a control server, {@code host:port}. At least one is needed. */
    public ControlClientBuilder server(String hostAndPort) {
        servers.add(hostAndPort);
        return this;
    }

    /** Sets the service this process belongs to. Needed. */
    public ControlClientBuilder service(String name) {
        service = name;
        return this;
    }

    /** Sets its namespace. Default: {@code default}. */
    public ControlClientBuilder namespace(String name) {
        namespace = name;
        return this;
    }

    /** Adds a label. Default: {@code app} with the name of the service. */
    public ControlClientBuilder label(String name, String value) {
        labels.put(name, value);
        return this;
    }

    /** Sets the file with the token: one of the mesh's own, of Kubernetes or of another issuer. Default: none; then a certificate must be in the state folder. */
    public ControlClientBuilder tokenFile(Path file) {
        tokenFile = file;
        return this;
    }

    /** Sets the file with the mesh's roots, for tokens that name none. Default: none; a join token names its root. */
    public ControlClientBuilder caFile(Path file) {
        caFile = file;
        return this;
    }

    /** Sets the folder for the last good state and the identity. Default: none, nothing is kept on disk. */
    public ControlClientBuilder stateDir(Path folder) {
        stateDir = folder;
        return this;
    }

    /** Sets the address that callers dial. Default: the one this machine would reach the control server from. */
    public ControlClientBuilder address(String ip) {
        address = ip;
        return this;
    }

    /** Sets {@code region/zone/subzone}. Default: unknown. */
    public ControlClientBuilder locality(String path) {
        locality = path;
        return this;
    }

    /** Uses state-of-the-world xDS. Default: incremental, and state of the world if the server has nothing else. */
    public ControlClientBuilder stateOfTheWorld() {
        stateOfTheWorld = true;
        return this;
    }

    /** Keeps key and certificate in memory only, even with a state folder. Default: they are kept there, readable by this user. */
    public ControlClientBuilder identityInMemoryOnly() {
        keepIdentity = false;
        return this;
    }

    /** Speaks plaintext to control servers on this machine, without identity and registration. Default: TLS 1.3. */
    public ControlClientBuilder plaintextOnLoopback() {
        plaintext = true;
        return this;
    }

    /**
     * Asks for the endpoints of a cluster when the first call goes there, which waits for them. Default: all that this process may see are
     * asked for in advance, so that no call waits.
     */
    public ControlClientBuilder endpointsOnDemand() {
        endpointsOnDemand = true;
        return this;
    }

    /** Sets what resolves host names of services. Default: {@link NameResolver#JDK}. */
    public ControlClientBuilder nameResolver(NameResolver resolver) {
        this.resolver = resolver;
        return this;
    }

    /** Sets where jitter comes from. Default: the process's generator. */
    public ControlClientBuilder randomness(Randomness randomness) {
        this.randomness = randomness;
        return this;
    }

    /**
     * {@return a client that has not begun; hand it to {@code Mesh.builder().controlPlane(…)}}
     *
     * @throws IllegalArgumentException if something is missing or wrong; the message names the setting and what to write
     */
    public ControlClient build() {
        Map<String, String> allLabels = new LinkedHashMap<>();
        allLabels.put("app", service);
        allLabels.putAll(labels);
        return new ControlClient(
                new ControlClientSettings(
                        servers,
                        service,
                        namespace,
                        allLabels,
                        tokenFile,
                        caFile,
                        stateDir,
                        address,
                        locality,
                        stateOfTheWorld,
                        keepIdentity,
                        plaintext,
                        endpointsOnDemand),
                resolver,
                randomness);
    }
}
