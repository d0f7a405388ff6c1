package io.inmesh.server.source;

/** A source that says what a test lets it say. */
final class ScriptedSource implements ServiceSource {
    private SourceSink sink;

    @Override
    public void start(SourceSink given) {
        sink = given;
    }

    SourceSink says() {
        return sink;
    }

    @Override
    public void resync() {}

    @Override
    public void close() {}
}
