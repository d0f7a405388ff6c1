package io.inmesh.server.ca;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.store.KeyValueTable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One authority for all servers on a store, and the files of the one that a server had for itself before. */
public final class SharedAuthority {
    /** The table of the store that it is kept in; to be followed. */
    public static final String TABLE = AuthorityTable.TABLE;

    private static final Logger LOG = LoggerFactory.getLogger(SharedAuthority.class);

    private SharedAuthority() {}

    /**
     * Opens the authority that all servers on a store are. If there is none yet, it begins with the files of this server, or is founded
     * as {@link AuthoritySettings#open} would. Files that it has taken over, or whose roots it has in its bundle, are
     * put aside.
     *
     * @param engine the store
     * @param followed follows {@link #TABLE} of it
     * @param directory where this server kept an authority of its own; need not be there
     * @param environment variables, for {@link AuthoritySettings#PASSPHRASE_VARIABLE}
     * @throws IOException if there is no passphrase or a wrong one, the authority cannot be used, or the files are of another one; the
     *     message says what to do. Nothing is founded then
     */
    public static CertificateAuthority open(
            AuthoritySettings settings,
            Engine engine,
            FollowedTables followed,
            Path directory,
            String trustDomain,
            Map<String, String> environment,
            InstantSource clock,
            SecureRandom random)
            throws IOException {
        AuthorityTable table = new AuthorityTable(engine, followed, settings.seal(environment, random));
        OwnFiles files =
                new OwnFiles(directory.toString(), AuthorityCopy.plain(directory, settings, environment, random));
        CertificateAuthority authority = CertificateAuthority.open(table, files, trustDomain, settings, clock, random);
        if (!files.texts().isEmpty()) {
            LOG.info(
                    "the certificate authority is in the store now; its files are put aside as {}",
                    AuthorityCopy.putAside(directory));
        }
        return authority;
    }

    /**
     * Sees to it that there is an authority where none may be founded. To be called before anything is written there: it may be the wrong place,
     * and a backup goes into an empty one.
     *
     * @param store what the server keeps its state in; null if that is not there yet
     * @param place what to call it in the message, with what an operator may have got wrong about it
     * @param directory where the server keeps an authority in files; need not be there
     * @throws IOException if there is none, and {@link AuthoritySettings#whenMissing} says to found none
     */
    public static void requireOne(
            AuthoritySettings settings, @Nullable KeyValueTable store, String place, Path directory)
            throws IOException {
        boolean there = store != null && store.get(TABLE, AuthorityTable.KEY).isPresent();
        if (!there && AuthorityCopy.read(directory).isEmpty()) {
            settings.whenMissing().allow(place);
        }
    }

    /**
     * Sees to it that a server which keeps its authority in files does not found a new one though its store has one.
     *
     * @param store the server's
     * @param directory where its files are
     * @throws IOException if the store has one and there are no files; the message says what to do
     */
    public static void requireNone(KeyValueTable store, Path directory) throws IOException {
        if (store.get(TABLE, AuthorityTable.KEY).isPresent()
                && AuthorityCopy.read(directory).isEmpty()) {
            throw new IOException("the store holds a certificate authority, and " + directory
                    + " has none: processes would not trust a new one. Take a backup of the store and restore it with"
                    + " control-server store restore, which puts the authority into that folder");
        }
    }
}
