package io.inmesh;

import io.inmesh.config.ExternalProtocol;
import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalAuthorizer;
import io.inmesh.external.ExternalCheck;
import io.inmesh.time.Scheduler.Cancellable;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks external authorizers by the adapter on the class path that speaks as they do, which is looked for when there is something to ask. */
final class ExternalAuthorizers implements ExternalAuthorizer {

    private static final Logger LOG = LoggerFactory.getLogger(ExternalAuthorizers.class);

    private final Mesh mesh;
    /** By kind of protocol; empty for one that nothing on the class path speaks. */
    private final ConcurrentHashMap<Class<?>, Optional<ExternalAuthorizer>> adapters = new ConcurrentHashMap<>();

    private boolean closed;

    ExternalAuthorizers(Mesh mesh) {
        this.mesh = mesh;
    }

    @Override
    public Cancellable ask(ExternalCheck check, Consumer<ExternalAnswer> answer) {
        ExternalProtocol protocol = check.authorizer().protocol();
        Optional<ExternalAuthorizer> known = adapters.get(protocol.getClass());
        ExternalAuthorizer adapter = (known == null ? find(protocol) : known).orElse(null);
        if (adapter == null) {
            answer.accept(new ExternalAnswer.Failed(
                    "nothing on the class path can ask it; add the dependency io.inmesh:" + module(protocol)));
            return () -> {};
        }
        return adapter.ask(check, answer);
    }

    private static String module(ExternalProtocol protocol) {
        return protocol instanceof ExternalProtocol.Grpc ? "mesh-grpc" : "mesh-okhttp";
    }

    private synchronized Optional<ExternalAuthorizer> find(ExternalProtocol protocol) {
        return closed ? Optional.empty() : adapters.computeIfAbsent(protocol.getClass(), kind -> open(protocol));
    }

    private Optional<ExternalAuthorizer> open(ExternalProtocol protocol) {
        for (ExternalAuthorizerProvider provider : ServiceLoader.load(
                ExternalAuthorizerProvider.class, ExternalAuthorizerProvider.class.getClassLoader())) {
            if (provider.speaks(protocol)) {
                return Optional.of(provider.open(mesh));
            }
        }
        LOG.warn(
                "what CUSTOM policies guard cannot be checked: add the dependency io.inmesh:{}, which asks external"
                        + " authorizers",
                module(protocol));
        return Optional.empty();
    }

    @Override
    public synchronized void close() {
        closed = true;
        adapters.values().forEach(adapter -> adapter.ifPresent(ExternalAuthorizer::close));
    }
}
