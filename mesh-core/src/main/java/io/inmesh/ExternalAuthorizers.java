package io.inmesh;

import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalAuthorizer;
import io.inmesh.external.ExternalCheck;
import io.inmesh.time.Scheduler.Cancellable;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks external authorizers by the adapter on the class path, which is looked for when there is something to ask. */
final class ExternalAuthorizers implements ExternalAuthorizer {

    private final Mesh mesh;
    private volatile @Nullable ExternalAuthorizer adapter;
    private boolean closed;

    ExternalAuthorizers(Mesh mesh) {
        this.mesh = mesh;
    }

    @Override
    public Cancellable ask(ExternalCheck check, Consumer<ExternalAnswer> answer) {
        ExternalAuthorizer known = adapter == null ? find() : adapter;
        if (known == null) {
            answer.accept(new ExternalAnswer.Failed(
                    "nothing on the class path can ask it; add the dependency io.inmesh:mesh-grpc"));
            return () -> {};
        }
        return known.ask(check, answer);
    }

    private synchronized @Nullable ExternalAuthorizer find() {
        if (adapter == null && !closed) {
            adapter = ServiceLoader.load(
                            ExternalAuthorizerProvider.class, ExternalAuthorizerProvider.class.getClassLoader())
                    .findFirst()
                    .map(provider -> provider.open(mesh))
                    .orElse(null);
        }
        return adapter;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (adapter != null) {
            adapter.close();
        }
    }
}
