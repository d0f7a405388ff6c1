package io.inmesh.server.access;

import io.inmesh.server.settings.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Somebody with a password, of whom the settings say either {@code passwordHash} or {@code passwordHashFile}.
 *
 * @param name name to log in by
 * @param passwordHash PHC string; see {@link PasswordHash}
 * @param groups groups, which bindings may name
 * @param kept where it is kept: {@code settings} or {@code store}
 */
public record User(String name, String passwordHash, Set<String> groups, String kept) {

    private static final String HASH = "passwordHash";
    private static final String HASH_FILE = "passwordHashFile";

    static final String IN_SETTINGS = "settings";
    static final String IN_STORE = "store";

    /** Prefixes that tell where a name comes from; a user whose name began so could pass for another one. */
    private static final List<String> RESERVED = List.of("system:", "oidc:", "token:", "spiffe:");

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._@+-]{0,99}");

    /** Copies the groups. */
    public User {
        groups = Set.copyOf(groups);
    }

    static User read(Section section) {
        String name = section.text("name");
        String field = section.has(HASH_FILE) ? HASH_FILE : HASH;
        String hash = hash(section);
        try {
            checkName(name);
        } catch (IllegalArgumentException e) {
            throw section.fault("name", String.valueOf(e.getMessage()));
        }
        try {
            PasswordHash.parse(hash);
        } catch (IllegalArgumentException e) {
            throw section.fault(field, String.valueOf(e.getMessage()));
        }
        Set<String> groups = Set.copyOf(section.texts("groups"));
        try {
            checkGroups(groups);
        } catch (IllegalArgumentException e) {
            throw section.fault("groups", String.valueOf(e.getMessage()));
        }
        return new User(name, hash, groups, IN_SETTINGS);
    }

    /** Where settings are written by machines and read by many, the hash comes from a file beside them. */
    private static String hash(Section section) {
        Optional<Path> file = section.file(HASH_FILE);
        if (file.isEmpty()) {
            return section.text(HASH);
        }
        if (section.has(HASH)) {
            throw section.fault(HASH_FILE, "cannot stand beside " + HASH + "; keep one of the two");
        }
        try {
            return Files.readString(file.get()).strip();
        } catch (IOException e) {
            throw section.fault(
                    HASH_FILE,
                    "names " + file.get() + ", which cannot be read; let it hold what control-server user hash prints");
        }
    }

    /** Refuses names that could be taken for something else. */
    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"" + name
                            + "\" is no user name: letters, digits and . _ @ + -, beginning with a letter or digit, at most 100");
        }
    }

    /** Refuses groups that only the server itself gives. */
    static void checkGroups(Set<String> groups) {
        for (String group : groups) {
            if (reserved(group) || group.isBlank()) {
                throw new IllegalArgumentException(
                        "\"" + group + "\" is no group of a user; system: is the server's own");
            }
        }
    }

    /** {@return whether a name says that it comes from elsewhere} */
    static boolean reserved(String name) {
        return RESERVED.stream().anyMatch(name::startsWith);
    }

    /** Keeps the hash out of logs. */
    @Override
    public String toString() {
        return name;
    }
}
