package io.inmesh.server.backup;

import io.inmesh.server.backup.CarriedAuthority.Present;
import io.inmesh.server.ca.AuthorityCopy;
import io.inmesh.server.ca.AuthoritySettings;
import io.inmesh.server.ca.SecretFiles;
import io.inmesh.server.ca.WhenMissing;
import io.inmesh.server.etcd.StoreSettings;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Listing;
import io.inmesh.server.store.Schema;
import io.inmesh.server.time.SystemTimer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code control-server store}: what is done to the state of a control server while it does not run. */
@Command(
        name = "store",
        description = "Backs up, restores and moves the state of a control server that does not run.",
        mixinStandardHelpOptions = true,
        subcommands = {StoreCommand.Take.class, StoreCommand.Restore.class, StoreCommand.Move.class})
public final class StoreCommand {

    /** What the commands have in common: which state, and how problems are told. */
    abstract static class OfStore implements Callable<Integer> {

        @Spec
        private @Nullable CommandSpec spec;

        @Option(
                names = "--data-dir",
                defaultValue = "inmesh-data",
                description = "The server's data folder. Default: ./${DEFAULT-VALUE}")
        Path dataDir = Path.of("inmesh-data");

        @Option(names = "--config", description = "The server's settings file. Default: none")
        private @Nullable Path settings;

        @Override
        public Integer call() {
            PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
            try (SystemTimer timer = new SystemTimer()) {
                out.println("control-server: " + run(timer));
                out.flush();
                return 0;
            } catch (IOException | RuntimeException e) {
                spec.commandLine().getErr().println("control-server: " + e.getMessage());
                return 1;
            }
        }

        /** {@return the engine that has what the command is about} */
        Engine source(SystemTimer timer) throws IOException {
            Path file = dataDir.resolve(EmbeddedEngine.FILE);
            StoreSettings stored = stored(settings);
            if (stored.etcd() == null && Files.notExists(file)) {
                // Opening it would make an empty one: a backup of nothing is noticed when it is needed.
                throw new IOException("there is no store " + file + "; correct --data-dir, or name the settings with"
                        + " store.etcd by --config");
            }
            return stored.connect(dataDir, timer, InstantSource.system());
        }

        /** {@return the place that settings name} */
        Target target(@Nullable Path file, SystemTimer timer) throws IOException {
            StoreSettings stored = stored(file);
            return stored.etcd() == null
                    ? FolderTarget.open(dataDir, authority())
                    : Target.shared(stored.connect(dataDir, timer, InstantSource.system()));
        }

        /** {@return everything in the store} */
        static Listing all(Engine engine) {
            Listing all = engine.list();
            if (all.tables().isEmpty()) {
                throw new IllegalStateException(
                        "the store is empty; is it the right one (--config, store.etcd.prefix)?");
            }
            return all;
        }

        static StoreSettings stored(@Nullable Path file) throws IOException {
            return StoreSettings.read((file == null ? SettingsFile.none() : SettingsFile.read(file)).section("store"));
        }

        /** {@return what settings say about the certificate authority} */
        static AuthoritySettings ofAuthority(@Nullable Path file) throws IOException {
            return AuthoritySettings.read(
                    (file == null ? SettingsFile.none() : SettingsFile.read(file)).section("authority"));
        }

        /** {@return the settings file of the server; null if it has none} */
        @Nullable
        Path settings() {
            return settings;
        }

        /** {@return the folder of the certificate authority} */
        Path authority() {
            return dataDir.resolve("ca");
        }

        abstract String run(SystemTimer timer) throws IOException;
    }

    /** Takes a backup. */
    @Command(
            name = "backup",
            description =
                    "Writes everything the server knows, and its certificate authority, to a file for its owner only.",
            mixinStandardHelpOptions = true)
    static final class Take extends OfStore {

        @Parameters(paramLabel = "FILE", description = "The file; it must not exist.")
        private Path file = Path.of("");

        @Option(
                names = "--plain-keys",
                description = "Takes keys of the certificate authority that no passphrase protects too.")
        private boolean plainKeys;

        @Option(names = "--without-authority", description = "Leaves the certificate authority out.")
        private boolean withoutAuthority;

        @Override
        String run(SystemTimer timer) throws IOException {
            if (Files.exists(file)) {
                throw new IOException(file + " exists already; choose another name");
            }
            try (Engine engine = source(timer)) {
                return run(all(engine));
            }
        }

        private String run(Listing listing) throws IOException {
            SortedMap<String, SortedMap<String, byte[]>> tables = new TreeMap<>(listing.tables());
            // Files of a server that shares its store by now are from before.
            SortedMap<String, String> files = withoutAuthority || tables.containsKey(AuthorityCopy.TABLE)
                    ? Collections.emptySortedMap()
                    : AuthorityCopy.read(authority());
            if (withoutAuthority) {
                tables.remove(AuthorityCopy.TABLE);
            }
            if (!plainKeys && files.values().stream().anyMatch(AuthorityCopy::bare)) {
                throw new IOException(
                        "the certificate authority's keys are not encrypted, and whoever has the backup could be"
                                + " anybody in the mesh; set authority.passphraseFile and start the server once, or add --plain-keys"
                                + " to take them as they are, or --without-authority to leave them out");
            }
            String text = new Backup(tables, files)
                    .text(listing.revision(), InstantSource.system().instant());
            try {
                SecretFiles.write(file.toAbsolutePath(), text);
            } catch (IOException e) {
                throw new IOException(
                        file + " cannot be written (" + e + "); see whether its folder is there, and the disk full or"
                                + " read-only",
                        e);
            }
            return "backed up revision " + listing.revision() + " to " + file;
        }
    }

    /** Puts a backup back. */
    @Command(
            name = "restore",
            description = "Puts a backup into an empty store, and its certificate authority into an empty folder.",
            mixinStandardHelpOptions = true)
    static final class Restore extends OfStore {

        @Parameters(paramLabel = "FILE", description = "The backup.")
        private Path file = Path.of("");

        @Option(names = "--replace", description = "Has what the store and the authority's folder hold go.")
        private boolean replace;

        @Option(
                names = "--replace-authority",
                description =
                        "Has a certificate authority in the store go that is another one than that of the backup.")
        private boolean replaceAuthority;

        @Option(
                names = "--keep-authority",
                description = "Keeps the certificate authority that is there, and leaves that of the backup out.")
        private boolean keepAuthority;

        @Override
        String run(SystemTimer timer) throws IOException {
            Backup backup = Backup.read(text(), file.toString());
            Present present = present();
            AuthoritySettings settings = ofAuthority(settings());
            String next;
            try (Target target = target(settings(), timer)) {
                Refill.check(target.present(), replace);
                CarriedAuthority carried = CarriedAuthority.of(backup, target.present(), present, settings, settings);
                target.fill(carried, replace, Refill.JUMP);
                next = carried.comesWith() || Files.isDirectory(authority())
                        ? "start the servers"
                        : "there is no certificate authority in it, nor where it was put: put the folder " + authority()
                                + " back before you start a server, "
                                + (settings.whenMissing() == WhenMissing.REFUSE
                                        ? "which refuses to found another one (authority.whenMissing)"
                                        : "or it founds another one, to which every process is a stranger");
            }
            return "restored " + file + "; " + next;
        }

        private String text() throws IOException {
            try {
                return SecretFiles.read(file);
            } catch (NoSuchFileException e) {
                throw new IOException("there is no file " + file + "; correct its name", e);
            } catch (MalformedInputException e) {
                throw new IOException(file + " is damaged, or no backup of a control server", e);
            } catch (FileSystemException e) {
                throw new IOException(file + " cannot be read (" + e + ")", e);
            }
        }

        private Present present() throws IOException {
            if (keepAuthority && replaceAuthority) {
                throw new IOException("--keep-authority and --replace-authority exclude each other; give one of them");
            }
            return keepAuthority ? Present.KEPT : replaceAuthority ? Present.REPLACED : Present.PROTECTED;
        }
    }

    /** Moves state to another engine. */
    @Command(
            name = "move",
            description =
                    "Copies the store and the certificate authority to the store that other settings name, and puts"
                            + " the old files aside.",
            mixinStandardHelpOptions = true)
    static final class Move extends OfStore {

        @Option(names = "--to", required = true, description = "Settings file whose section store says where to.")
        private Path to = Path.of("");

        @Option(names = "--replace", description = "Has what is there go.")
        private boolean replace;

        @Override
        String run(SystemTimer timer) throws IOException {
            try (Engine engine = source(timer)) {
                return run(engine, timer);
            }
        }

        private String run(Engine engine, SystemTimer timer) throws IOException {
            RunningServers.refuse(engine);
            Listing listing = all(engine);
            Schema.check(engine);
            boolean files = engine instanceof EmbeddedEngine;
            if (files && stored(to).etcd() == null) {
                throw new IOException("the settings " + to + " name no other store than the file in " + dataDir
                        + ", which is to be moved; give them a section store.etcd, or name by --config the settings with"
                        + " the store that it is in");
            }
            try (Target target = target(to, timer)) {
                Refill.check(target.present(), replace);
                Backup all = new Backup(
                        listing.tables(), files ? AuthorityCopy.read(authority()) : Collections.emptySortedMap());
                target.fill(
                        CarriedAuthority.of(
                                all, target.present(), Present.REPLACED, ofAuthority(settings()), ofAuthority(to)),
                        replace,
                        0);
            }
            if (files) {
                AuthorityCopy.putAside(dataDir.resolve(EmbeddedEngine.FILE));
                if (Files.exists(authority())) {
                    AuthorityCopy.putAside(authority());
                }
            }
            return "moved; start the servers with --config " + to;
        }
    }
}
