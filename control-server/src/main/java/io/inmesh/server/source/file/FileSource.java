package io.inmesh.server.source.file;

import io.inmesh.server.settings.SettingsException;
import io.inmesh.server.source.ServiceSource;
import io.inmesh.server.source.SourceService;
import io.inmesh.server.source.SourceSink;
import io.inmesh.server.source.SourceThread;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;

/**
 * Follows a file of services. It is looked at every second, which works on every file system, and read when it has changed; whoever
 * writes it does so beside it and renames. What an operator takes out of it goes at once. A file with a mistake is not used at all.
 */
public final class FileSource implements ServiceSource {
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final String name;
    private final Path file;
    private final SourceThread thread;
    /** What the file looked like when it was read last; empty before. */
    private volatile String read = "";

    /** A source of that name that reads that file. */
    public FileSource(String name, Path file) {
        this.name = name;
        this.file = file;
        this.thread = new SourceThread(name);
    }

    @Override
    public void start(SourceSink sink) {
        thread.after(Duration.ZERO, () -> follow(sink));
    }

    private void follow(SourceSink sink) {
        try {
            look(sink);
        } catch (RuntimeException e) {
            // Nobody may have been told of what was read.
            read = "";
            sink.failed("it failed in a way it should not: " + e);
            throw e;
        } finally {
            thread.after(PERIOD, () -> follow(sink));
        }
    }

    private void look(SourceSink sink) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            String stamp = now.size() + "@" + now.lastModifiedTime().toInstant() + "#" + now.fileKey();
            if (stamp.equals(read)) {
                return;
            }
            // Until it has been used: a file with a mistake is read again at every look, as its writer may not have
            // been done.
            read = "";
            List<SourceService> services = FileServices.read(name, file);
            read = stamp;
            sink.listed(services, SourceSink.Missing.DELETED);
        } catch (IOException e) {
            read = "";
            sink.failed(problem(file, e));
        } catch (SettingsException e) {
            sink.failed(String.valueOf(e.getMessage()));
        }
    }

    /** Exceptions of file systems say no more than the file's name; their kind says what is the matter. */
    static String problem(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no file " + file + "; write it, or correct its name";
        }
        return file + " cannot be read: "
                + (e instanceof AccessDeniedException ? "this process may not read it" : e.getMessage());
    }

    @Override
    public void resync() {
        read = "";
    }

    @Override
    public void close() {
        thread.close();
    }
}
